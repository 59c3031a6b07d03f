package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WatchBackoffTest {

    private final WatchBackoff backoff = new WatchBackoff();

    @Test
    void pausesDoubleFromFiftyMillisecondsToFiveSeconds() {
        for (long ceiling : new long[] {50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000}) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(ceiling / 2), Duration.ofMillis(ceiling));
        }
    }

    @Test
    void aResetBeginsAnew() {
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }
        backoff.reset();

        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(50));
    }

    @Test
    void theSlowestPauseComesAtOnce() {
        assertThat(backoff.slowest()).isBetween(Duration.ofMillis(2500), Duration.ofSeconds(5));
        assertThat(backoff.next()).isGreaterThanOrEqualTo(Duration.ofMillis(2500));
    }
}

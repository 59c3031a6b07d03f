package io.coordination.store.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RenewalPaceTest {

    private static final Duration TTL = Duration.ofSeconds(9);
    private static final long THIRD = Duration.ofSeconds(3).toNanos();
    private static final long TENTH = THIRD / 10;

    private final RenewalPace pace = new RenewalPace(TTL);

    @Test
    void beginsALittleEarlyAndThenKeepsTheRhythm() {
        long first = pace.nextAfter(0);
        assertThat(first).isBetween(THIRD - TENTH, THIRD);

        long second = pace.nextAfter(first);
        long third = pace.nextAfter(second + 1_000_000); // timers are late now and then

        assertThat(second - first).isEqualTo(THIRD);
        assertThat(third - second - 1_000_000).isEqualTo(THIRD);
    }

    @Test
    void beginsAnewAfterARenewalOutOfTurn() {
        long first = pace.nextAfter(0);
        long afterAnOutage = first + THIRD / 2;

        assertThat(pace.nextAfter(afterAnOutage) - afterAnOutage).isBetween(THIRD - TENTH, THIRD);
        assertThat(pace.nextAfter(first) - first).as("sent before it was due").isBetween(THIRD - TENTH, THIRD);
    }

    @Test
    void isAlwaysEarlyForWhoLooksInEachInterval() {
        assertThat(pace.add(Duration.ofSeconds(1))).isTrue();
        long second = Duration.ofSeconds(1).toNanos();
        long last = 0;
        for (int i = 0; i < 50; i++) {
            long next = pace.nextAfter(last);
            assertThat(next - last).isBetween(second - second / 10, second);
            last = next;
        }
        pace.remove(Duration.ofSeconds(1));
        assertThat(pace.nanos()).isEqualTo(THIRD);
    }
}

package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BreakerTest {

    private final CoordinationException trouble =
            CoordinationException.of(ErrorCode.CONNECTION_ERROR, "the connection broke");

    private final HeardCalls heard = new HeardCalls();
    private final ManualTime time = new ManualTime();
    private final Breaker breaker =
            new Breaker(time, new EtcdErrors(List.of(Endpoint.parse("http://a:1"))), heard.connections());

    private void failOneAfterTheOther(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(breaker.admits()).isTrue();
            long began = time.nanoTime();
            time.advance(Duration.ofMillis(1));
            breaker.failed(trouble, began);
        }
    }

    @Test
    void opensAfterTwentyFailuresAndSaysWhenItTriesAgain() {
        failOneAfterTheOther(20);

        assertThat(breaker.admits()).isFalse();
        time.advance(Duration.ofMillis(300));
        CoordinationException refusal = breaker.refusal("range '/k'");
        assertThat(refusal.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
        assertThat(refusal.outcomeUnknown()).isFalse();
        assertThat(refusal)
                .hasMessageContaining("circuit breaker is open; it tries again in 700 ms")
                .hasCause(trouble);
    }

    @Test
    void letsFiveThroughAfterASecondAndClosesWhenTheySucceed() {
        failOneAfterTheOther(20);
        time.advance(Duration.ofMillis(1001));

        for (int probe = 0; probe < 5; probe++) {
            assertThat(breaker.admits()).isTrue();
        }
        assertThat(breaker.admits()).isFalse();
        for (int probe = 0; probe < 5; probe++) {
            breaker.succeeded();
        }

        assertThat(breaker.admits()).isTrue();
        assertThat(heard.events).containsExactly("breaker open", "breaker closed");
    }

    @Test
    void aProbeThatWasGivenUpMakesRoomForAnother() {
        failOneAfterTheOther(20);
        time.advance(Duration.ofMillis(1001));
        for (int probe = 0; probe < 5; probe++) {
            assertThat(breaker.admits()).isTrue();
        }

        breaker.abandoned();

        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.admits()).isFalse();
    }

    @Test
    void refusalsOfTheServerAreNoTrouble() {
        for (int i = 0; i < 100; i++) {
            assertThat(breaker.admits()).isTrue();
            breaker.failed(CoordinationException.of(ErrorCode.NOT_FOUND, "no lease"), time.nanoTime());
            time.advance(Duration.ofMillis(1));
        }
        assertThat(breaker.admits()).isTrue();
    }

    @Test
    void oneBrokenConnectionUnderManyCallsIsOneTroubleHoweverLateTheyHearOfIt() {
        long began = time.nanoTime();
        time.advance(Duration.ofMillis(5));
        for (int i = 0; i < 200; i++) {
            assertThat(breaker.admits()).isTrue();
            breaker.failed(trouble, began);
            time.advance(Duration.ofMillis(20));
        }
        assertThat(breaker.admits()).isTrue();
    }

    @Test
    void callsThatHangTogetherStillCountAsTimePasses() {
        long began = time.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(breaker.admits()).isTrue();
            time.advance(Duration.ofMillis(150));
            breaker.failed(CoordinationException.of(ErrorCode.TIMEOUT_ERROR, "no answer"), began);
        }
        assertThat(breaker.admits()).isFalse();
    }
}

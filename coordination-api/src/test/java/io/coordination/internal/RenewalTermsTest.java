package io.coordination.internal;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RenewalTermsTest {

    private static final Duration TTL = Duration.ofSeconds(30);

    private static RenewalTerms terms(long intervalMillis, long extendMillis, boolean shared) {
        return RenewalTerms.of(millis(intervalMillis), millis(extendMillis), TTL, shared);
    }

    private static Optional<Duration> millis(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    @Nested
    class OfASharedLease {

        @Test
        void comeFromItsTtl() {
            assertThat(terms(0, 0, true)).isEqualTo(new RenewalTerms(Duration.ofSeconds(10), TTL, TTL, false));
        }

        @Test
        void stayOnItWhenItIsLongEnough() {
            assertThat(terms(5_000, 20_000, true))
                    .isEqualTo(new RenewalTerms(Duration.ofSeconds(5), Duration.ofSeconds(20), TTL, false));
        }

        @Test
        void needALongerOneOtherwise() {
            Duration minute = Duration.ofSeconds(60);
            assertThat(terms(5_000, 60_000, true))
                    .isEqualTo(new RenewalTerms(Duration.ofSeconds(5), minute, minute, true));
            assertThat(terms(0, 60_000, true).interval()).isEqualTo(Duration.ofSeconds(20));
            assertThat(terms(0, 30_001, true).ttl()).isEqualTo(Duration.ofSeconds(31));
        }
    }

    @Nested
    class OfALeaseOfItsOwn {

        @Test
        void needASharedOne() {
            assertThat(terms(0, 0, false)).isEqualTo(new RenewalTerms(Duration.ofSeconds(10), TTL, TTL, true));
            assertThat(terms(0, 9_000, false).ttl()).isEqualTo(Duration.ofSeconds(9));
        }

        @Test
        void haveTheShortestTtlAtLeast() {
            RenewalTerms terms = terms(300, 1_500, false);
            assertThat(terms.ttl()).isEqualTo(Duration.ofSeconds(2));
            assertThat(terms.extendBy()).isEqualTo(Duration.ofMillis(1_500));
        }
    }

    @Nested
    class Refused {

        @Test
        void areIntervalsUnder200Millis() {
            assertRefused(() -> terms(199, 0, true), "interval is ", "at least 200 ms");
            terms(200, 0, true);
        }

        @Test
        void areIntervalsOverHalfTheTtl() {
            assertRefused(() -> terms(15_001, 0, true), "interval is ", "half the TTL", "30 s");
            terms(15_000, 0, true);
            terms(15_001, 60_000, true);
        }

        @Test
        void areIntervalsThatAreNotShorterThanTheHoldLessTheMargin() {
            assertRefused(() -> terms(5_000, 6_800, true), "interval is ", "extendBy", "6800 ms", "1800 ms");
            terms(5_000, 6_801, true);
            assertRefused(() -> terms(0, 5_000, true), "interval is ", "extendBy");
        }
    }
}

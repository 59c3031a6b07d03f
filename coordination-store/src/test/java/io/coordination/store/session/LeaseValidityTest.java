package io.coordination.store.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LeaseValidityTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long SENT = 50 * SECOND;
    private static final long SENT_WALL = 1_700_000_000_000L;

    private final LeaseValidity tenSeconds = new LeaseValidity(SENT, SENT_WALL, 10 * SECOND);

    @Nested
    class Deadline {

        @Test
        void isTheTtlFromTheSendingLessThreeTenthsOfASecondAndATwentieth() {
            assertThat(tenSeconds.deadlineNanos())
                    .isEqualTo(SENT + Duration.ofMillis(10_000 - 300 - 500).toNanos());
        }

        @Test
        void mayOverflowAsTheClockDoes() {
            LeaseValidity early = new LeaseValidity(Long.MAX_VALUE - SECOND, SENT_WALL, 10 * SECOND);
            LeaseValidity late = new LeaseValidity(Long.MAX_VALUE + SECOND, SENT_WALL, 10 * SECOND);

            assertThat(early.deadlineNanos()).isNegative();
            assertThat(early.orLater(late)).isSameAs(late);
            assertThat(late.orLater(early)).isSameAs(late);
        }
    }

    @Nested
    class OfTwoAcknowledgements {

        @Test
        void theOneThatWasSentLaterCounts() {
            LeaseValidity later = new LeaseValidity(SENT + 1, SENT_WALL, 10 * SECOND);

            assertThat(tenSeconds.orLater(later)).isSameAs(later);
            assertThat(later.orLater(tenSeconds)).isSameAs(later);
        }

        @Test
        void aShorterTtlDoesNotTakeBackWhatIsCertain() {
            LeaseValidity shorter = new LeaseValidity(SENT + SECOND, SENT_WALL + 1_000, 5 * SECOND);

            assertThat(tenSeconds.orLater(shorter)).isSameAs(tenSeconds);
        }
    }

    @Nested
    class Suspend {

        @Test
        void isSuspectedWhenTheWallClockRanAhead() {
            assertThat(suspected(tenSeconds, 2_000, 3_000)).isFalse();
            assertThat(suspected(tenSeconds, 2_000, 3_001)).isTrue();
        }

        @Test
        void needsATenthOfALongTtl() {
            LeaseValidity minute = new LeaseValidity(SENT, SENT_WALL, 60 * SECOND);

            assertThat(suspected(minute, 0, 6_000)).isFalse();
            assertThat(suspected(minute, 0, 6_001)).isTrue();
        }

        @Test
        void isNotSuspectedWhenTheWallClockWasSetBack() {
            assertThat(suspected(tenSeconds, 2_000, -3_600_000)).isFalse();
        }

        private boolean suspected(LeaseValidity validity, long passedMillis, long wallMillis) {
            return validity.suspendedBefore(SENT + passedMillis * 1_000_000, SENT_WALL + wallMillis);
        }
    }
}

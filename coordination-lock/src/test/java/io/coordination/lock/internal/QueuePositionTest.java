package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.internal.QueuePosition.Verdict;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each rule with the trace that goes wrong without it. {@code a} and {@code c} are others, {@code b} is the own key. */
class QueuePositionTest {

    private static final long NO_FLOOR = 0;

    private static KeyValue key(String name, long createRevision) {
        return new KeyValue(name, Bytes.EMPTY, createRevision, createRevision, 1, 7);
    }

    private static QueuePosition watched() {
        return new QueuePosition("b", true);
    }

    private static QueuePosition unwatched() {
        return new QueuePosition("b", false);
    }

    /** {@code a} at 3, {@code b} at 5, everything known up to 5. */
    private static QueuePosition behindOther() {
        QueuePosition position = watched();
        position.answered(5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
        assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
        return position;
    }

    @Nested
    class TheAnswer {

        @Test
        void nobodyAheadMeansOwnedWithoutAnyWatch() {
            QueuePosition position = unwatched();
            position.answered(5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
            assertThat(position.isCovered()).isFalse();
        }

        @Test
        void beforeItNothingIsKnown() {
            QueuePosition position = watched();
            assertThat(position.isAnswered()).isFalse();
            assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
        }

        @Test
        void keysMadeLaterAreNotAhead() {
            QueuePosition position = watched();
            position.answered(5, 8, List.of(key("b", 5), key("c", 7)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
            assertThat(position.revision()).isEqualTo(5);
        }

        @Test
        void createRevisionsDecideAndNotModRevisions() {
            QueuePosition position = watched();
            KeyValue rewritten = new KeyValue("a", Bytes.EMPTY, 3, 9, 2, 7);
            position.answered(5, 9, List.of(rewritten, key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
            assertThat(position.ahead()).isEqualTo(1);
        }

        @Test
        void everyKeyAheadMustGo() {
            QueuePosition position = watched();
            position.answered(5, 5, List.of(key("a", 3), key("b", 5), key("c", 4)), NO_FLOOR);
            position.deleted("c", 6);
            assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
            position.deleted("a", 7);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
        }
    }

    @Nested
    class EventsAtOrBeforeTheAnswer {

        /** a is released at 3, made again by a late copy at 4, and b joins at 5 behind it. */
        @Test
        void doNotRemoveAKeyThatWasMadeAgain() {
            QueuePosition position = watched();
            position.deleted("a", 3);
            position.answered(5, 5, List.of(key("a", 4), key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
        }

        @Test
        void doNotCountWhenTheyArriveAfterIt() {
            QueuePosition position = watched();
            position.answered(5, 5, List.of(key("a", 4), key("b", 5)), NO_FLOOR);
            position.deleted("a", 3);
            position.deleted("b", 2);
            position.deleted("a", 5);
            assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
        }
    }

    @Nested
    class DeletesWhileTheEnqueueIsUnderWay {

        /** b's enqueue is applied at 5 and its answer is slow; a leaves at 6, and nobody ever repeats that. */
        @Test
        void areKept() {
            QueuePosition position = watched();
            position.deleted("a", 6);
            position.answered(5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void theNewestOfAKeyCounts() {
            QueuePosition position = watched();
            position.deleted("a", 2);
            position.deleted("a", 6);
            position.answered(5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void ofTheOwnKeyMeanLost() {
            QueuePosition position = watched();
            position.deleted("b", 6);
            position.answered(5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.LOST);
        }

        @Test
        void ofAnEarlierKeyWithOurNameDoNot() {
            QueuePosition position = watched();
            position.deleted("b", 4);
            position.answered(5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
        }
    }

    @Nested
    class Coverage {

        /** An operator deletes b while its watch is cut; then a leaves, and b must not believe that it owns. */
        @Test
        void afterAGapAnEmptyQueueAheadIsNotEnough() {
            QueuePosition position = behindOther();
            position.gap();
            position.deleted("a", 8);
            assertThat(position.verdict()).isEqualTo(Verdict.READ);
            position.read(9, List.of(), true, NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.LOST);
        }

        @Test
        void aReadThatShowsUsFirstIsEnough() {
            QueuePosition position = behindOther();
            position.gap();
            position.read(9, List.of(key("b", 5), key("c", 7)), false, NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
            assertThat(position.isCovered()).isFalse();
        }

        @Test
        void aGapWhileTheEnqueueIsUnderWayCounts() {
            QueuePosition position = watched();
            position.gap();
            position.answered(5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            position.deleted("a", 6);
            assertThat(position.verdict()).isEqualTo(Verdict.READ);
        }

        @Test
        void aWatchOpenedAfterTheEnqueueWasSentDoesNotCover() {
            QueuePosition position = unwatched();
            position.answered(5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            position.deleted("a", 6);
            assertThat(position.verdict()).isEqualTo(Verdict.READ);
        }

        /** A watch "from now" begins at 8: what happened at 6 and 7 is in neither. */
        @Test
        void aWatchThatBeginsAfterTheAnswerDoesNotCover() {
            QueuePosition position = watched();
            position.answered(5, 5, List.of(key("a", 3), key("b", 5)), 8);
            assertThat(position.isCovered()).isFalse();
            position.deleted("a", 9);
            assertThat(position.verdict()).isEqualTo(Verdict.READ);
        }

        @Test
        void aReadBelowTheFloorDoesNotCoverWhatComesLater() {
            QueuePosition position = behindOther();
            position.gap();
            position.read(7, List.of(key("a", 3), key("b", 5)), true, 8);
            assertThat(position.isCovered()).isFalse();
            position.read(8, List.of(key("a", 3), key("b", 5)), true, 8);
            assertThat(position.isCovered()).isTrue();
            position.deleted("a", 9);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void aReadWithoutALiveWatchDoesNotCover() {
            QueuePosition position = behindOther();
            position.gap();
            position.read(9, List.of(key("a", 3), key("b", 5)), false, NO_FLOOR);
            position.deleted("a", 10);
            assertThat(position.verdict()).isEqualTo(Verdict.READ);
        }
    }

    @Nested
    class Reads {

        @Test
        void olderThanTheAnswerAreIgnored() {
            QueuePosition position = behindOther();
            position.read(4, List.of(), true, NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
            position.read(4, List.of(key("b", 5)), true, NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.WAIT);
        }

        @Test
        void beforeTheAnswerAreIgnored() {
            QueuePosition position = watched();
            position.read(4, List.of(), true, NO_FLOOR);
            position.answered(5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void dropWhoIsGone() {
            QueuePosition position = behindOther();
            position.read(7, List.of(key("b", 5)), true, NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void neverAddAnybody() {
            QueuePosition position = behindOther();
            position.deleted("a", 6);
            position.read(7, List.of(key("a", 3), key("b", 5)), true, NO_FLOOR);
            assertThat(position.ahead()).isZero();
        }

        @Test
        void withAnotherKeyOfOurNameMeanLost() {
            QueuePosition position = behindOther();
            position.read(7, List.of(key("a", 3), key("b", 6)), true, NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.LOST);
        }
    }

    @Nested
    class TheOwnKey {

        @Test
        void deletedWhileWaitingMeansLost() {
            QueuePosition position = behindOther();
            position.deleted("b", 6);
            assertThat(position.verdict()).isEqualTo(Verdict.LOST);
        }

        @Test
        void deletedWhileOwningMeansLostForGood() {
            QueuePosition position = unwatched();
            position.answered(5, 5, List.of(key("b", 5)), NO_FLOOR);
            position.deleted("b", 6);
            assertThat(position.verdict()).isEqualTo(Verdict.LOST);
            position.read(7, List.of(key("b", 5)), true, NO_FLOOR);
            assertThat(position.verdict()).isEqualTo(Verdict.LOST);
        }
    }
}

package io.coordination.lock.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.internal.queue.QueuePosition.Verdict;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each rule with the trace that goes wrong without it. {@code a} and {@code c} are others, {@code b} is the own key. */
class QueuePositionTest {

    private static final long NO_FLOOR = 0;

    private static final long NO_LIMIT = 0;

    private static QueueEntry key(String name, long createRevision) {
        return new QueueEntry(name, createRevision, PlaceMode.EXCLUSIVE, false);
    }

    private static void answered(
            QueuePosition position, long createRevision, long revision, List<QueueEntry> queue, long floor) {
        position.answered(createRevision, new QueueView(revision, queue), floor, NO_LIMIT, key -> false);
    }

    private static void read(QueuePosition position, long revision, List<QueueEntry> queue, boolean live, long floor) {
        position.read(new QueueView(revision, queue), live, floor, NO_LIMIT, key -> false);
    }

    private static void deleted(QueuePosition position, String key, long revision) {
        position.changed(new QueueChange(key, null), revision, other -> false);
    }

    private static QueuePosition watched() {
        return new QueuePosition("b", PlaceMode.EXCLUSIVE, true);
    }

    private static QueuePosition unwatched() {
        return new QueuePosition("b", PlaceMode.EXCLUSIVE, false);
    }

    /** {@code a} at 3, {@code b} at 5, everything known up to 5. */
    private static QueuePosition behindOther() {
        QueuePosition position = watched();
        answered(position, 5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
        assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.WAIT);
        return position;
    }

    @Nested
    class TheAnswer {

        @Test
        void nobodyAheadMeansOwnedWithoutAnyWatch() {
            QueuePosition position = unwatched();
            answered(position, 5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
            assertThat(position.isCovered()).isFalse();
        }

        @Test
        void beforeItNothingIsKnown() {
            QueuePosition position = watched();
            assertThat(position.isAnswered()).isFalse();
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.WAIT);
        }

        @Test
        void keysMadeLaterAreNotAhead() {
            QueuePosition position = watched();
            answered(position, 5, 8, List.of(key("b", 5), key("c", 7)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
            assertThat(position.revision()).isEqualTo(5);
        }

        @Test
        void everyKeyAheadMustGo() {
            QueuePosition position = watched();
            answered(position, 5, 5, List.of(key("a", 3), key("b", 5), key("c", 4)), NO_FLOOR);
            deleted(position, "c", 6);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.WAIT);
            deleted(position, "a", 7);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
        }
    }

    @Nested
    class EventsAtOrBeforeTheAnswer {

        /** a is released at 3, made again by a late copy at 4, and b joins at 5 behind it. */
        @Test
        void doNotRemoveAKeyThatWasMadeAgain() {
            QueuePosition position = watched();
            deleted(position, "a", 3);
            answered(position, 5, 5, List.of(key("a", 4), key("b", 5)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.WAIT);
        }

        @Test
        void doNotCountWhenTheyArriveAfterIt() {
            QueuePosition position = watched();
            answered(position, 5, 5, List.of(key("a", 4), key("b", 5)), NO_FLOOR);
            deleted(position, "a", 3);
            deleted(position, "b", 2);
            deleted(position, "a", 5);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.WAIT);
        }
    }

    @Nested
    class DeletesWhileTheEnqueueIsUnderWay {

        /** b's enqueue is applied at 5 and its answer is slow; a leaves at 6, and nobody ever repeats that. */
        @Test
        void areKept() {
            QueuePosition position = watched();
            deleted(position, "a", 6);
            answered(position, 5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
        }

        @Test
        void theNewestOfAKeyCounts() {
            QueuePosition position = watched();
            deleted(position, "a", 2);
            deleted(position, "a", 6);
            answered(position, 5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
        }

        @Test
        void ofTheOwnKeyMeanLost() {
            QueuePosition position = watched();
            deleted(position, "b", 6);
            answered(position, 5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.LOST);
        }

        @Test
        void ofAnEarlierKeyWithOurNameDoNot() {
            QueuePosition position = watched();
            deleted(position, "b", 4);
            answered(position, 5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
        }
    }

    @Nested
    class Coverage {

        /** An operator deletes b while its watch is cut; then a leaves, and b must not believe that it owns. */
        @Test
        void afterAGapAnEmptyQueueAheadIsNotEnough() {
            QueuePosition position = behindOther();
            position.gap();
            deleted(position, "a", 8);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.READ);
            read(position, 9, List.of(), true, NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.LOST);
        }

        @Test
        void aReadThatShowsUsFirstIsEnough() {
            QueuePosition position = behindOther();
            position.gap();
            read(position, 9, List.of(key("b", 5), key("c", 7)), false, NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
            assertThat(position.isCovered()).isFalse();
        }

        @Test
        void aGapWhileTheEnqueueIsUnderWayCounts() {
            QueuePosition position = watched();
            position.gap();
            answered(position, 5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            deleted(position, "a", 6);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.READ);
        }

        @Test
        void aWatchOpenedAfterTheEnqueueWasSentDoesNotCover() {
            QueuePosition position = unwatched();
            answered(position, 5, 5, List.of(key("a", 3), key("b", 5)), NO_FLOOR);
            deleted(position, "a", 6);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.READ);
        }

        /** A watch "from now" begins at 8: what happened at 6 and 7 is in neither. */
        @Test
        void aWatchThatBeginsAfterTheAnswerDoesNotCover() {
            QueuePosition position = watched();
            answered(position, 5, 5, List.of(key("a", 3), key("b", 5)), 8);
            assertThat(position.isCovered()).isFalse();
            deleted(position, "a", 9);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.READ);
        }

        @Test
        void aReadBelowTheFloorDoesNotCoverWhatComesLater() {
            QueuePosition position = behindOther();
            position.gap();
            read(position, 7, List.of(key("a", 3), key("b", 5)), true, 8);
            assertThat(position.isCovered()).isFalse();
            read(position, 8, List.of(key("a", 3), key("b", 5)), true, 8);
            assertThat(position.isCovered()).isTrue();
            deleted(position, "a", 9);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
        }

        @Test
        void aReadWithoutALiveWatchDoesNotCover() {
            QueuePosition position = behindOther();
            position.gap();
            read(position, 9, List.of(key("a", 3), key("b", 5)), false, NO_FLOOR);
            deleted(position, "a", 10);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.READ);
        }
    }

    @Nested
    class Reads {

        @Test
        void olderThanTheAnswerAreIgnored() {
            QueuePosition position = behindOther();
            read(position, 4, List.of(), true, NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.WAIT);
            read(position, 4, List.of(key("b", 5)), true, NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.WAIT);
        }

        @Test
        void beforeTheAnswerAreIgnored() {
            QueuePosition position = watched();
            read(position, 4, List.of(), true, NO_FLOOR);
            answered(position, 5, 5, List.of(key("b", 5)), NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
        }

        @Test
        void dropWhoIsGone() {
            QueuePosition position = behindOther();
            read(position, 7, List.of(key("b", 5)), true, NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.OWN);
        }

        @Test
        void neverAddAnybody() {
            QueuePosition position = behindOther();
            deleted(position, "a", 6);
            read(position, 7, List.of(key("a", 3), key("b", 5)), true, NO_FLOOR);
            assertThat(position.ahead()).isZero();
        }

        @Test
        void withAnotherKeyOfOurNameMeanLost() {
            QueuePosition position = behindOther();
            read(position, 7, List.of(key("a", 3), key("b", 6)), true, NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.LOST);
        }
    }

    @Nested
    class TheOwnKey {

        @Test
        void deletedWhileWaitingMeansLost() {
            QueuePosition position = behindOther();
            deleted(position, "b", 6);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.LOST);
        }

        @Test
        void deletedWhileOwningMeansLostForGood() {
            QueuePosition position = unwatched();
            answered(position, 5, 5, List.of(key("b", 5)), NO_FLOOR);
            deleted(position, "b", 6);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.LOST);
            read(position, 7, List.of(key("b", 5)), true, NO_FLOOR);
            assertThat(position.verdict(NO_LIMIT)).isEqualTo(Verdict.LOST);
        }
    }
}

package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.internal.Standing.Verdict;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** When a key of a queue whose keys share a number of permits is served: 5 permits, ours wants 2 and was made at 30. */
class StandingTest {

    private static final long MINE = 30;

    private final QueueKeys queue = new QueueKeys(Keys.ofNamespace("test").lockPrefix("s"));
    private final String key = key(7);
    private final Standing standing = new Standing(queue, key, new PermitCapacity(5), 2);

    private String key(int number) {
        return queue.prefix() + "123456789abcdef0-" + number;
    }

    private KeyValue taking(int number, String mode, long revision) {
        Bytes value = Bytes.utf8("{\"m\":\"" + mode + "\",\"o\":\"\",\"t\":\"\"}");
        return new KeyValue(key(number), value, revision, revision, 1, 1);
    }

    private KeyValue limit(long permits, long revision) {
        return new KeyValue(PermitCapacity.limitKey(queue), PermitCapacity.limitValue(permits), 1, revision, 1, 0);
    }

    private void answered(KeyValue... others) {
        List<KeyValue> found = new ArrayList<>(List.of(others));
        found.add(taking(7, "p2", MINE));
        standing.answered(MINE, MINE, found);
    }

    private void deleted(int number, long revision) {
        standing.changed(new WatchEvent.Delete(key(number), revision));
    }

    private void put(KeyValue entry) {
        standing.changed(new WatchEvent.Put(entry));
    }

    private KeyValue relaxed(int number, String mode, long revision) {
        KeyValue made = taking(number, mode, 10);
        return new KeyValue(made.key(), made.value(), 10, revision, 2, 1);
    }

    @Nested
    class Counting {

        @Test
        void whatIsLeftByKeysAheadIsEnough() {
            answered(taking(1, "p3", 10));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void whatIsLeftIsTooLittle() {
            answered(taking(1, "p3", 10), taking(2, "p1", 11));
            assertThat(standing.verdict()).isEqualTo(Verdict.WAIT);
        }

        @Test
        void keysBehindDoNotCount() {
            answered(taking(1, "p3", 10), taking(2, "p5", 40));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void whoWaitsAheadCountsToo() {
            answered(taking(1, "p1", 10), taking(2, "p5", 11));
            assertThat(standing.verdict()).as("5 permits wait before us").isEqualTo(Verdict.WAIT);
        }

        @Test
        void aLockTakesEverything() {
            answered(taking(1, "w", 10));
            assertThat(standing.verdict()).isEqualTo(Verdict.WAIT);
        }

        @Test
        void whatCannotBeReadTakesEverything() {
            answered(new KeyValue(key(1), Bytes.utf8("?"), 10, 10, 1, 1));
            assertThat(standing.verdict()).isEqualTo(Verdict.WAIT);
        }

        @Test
        void aStrangerUnderThePrefixTakesNothing() {
            answered(new KeyValue(queue.prefix() + "9stranger", Bytes.EMPTY, 10, 10, 1, 0));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void theStoredNumberCountsAndNotTheKnownOne() {
            answered(limit(4, 2), taking(1, "p3", 10));
            assertThat(standing.verdict()).isEqualTo(Verdict.WAIT);
        }
    }

    @Nested
    class Changing {

        @Test
        void keysThatGoMakeRoom() {
            standing.live(20);
            answered(taking(1, "p3", 10), taking(2, "p1", 11));
            deleted(2, 31);
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void keysThatTakeLessMakeRoom() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            put(relaxed(1, "p4", 31));
            assertThat(standing.verdict()).isEqualTo(Verdict.WAIT);
            put(relaxed(1, "p3", 32));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void aKeyNeverTakesMoreThanBefore() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            put(relaxed(1, "p3", 32));
            put(relaxed(1, "p5", 33));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void moreThereIsMakesRoom() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            put(limit(7, 31));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void lessThanWeWantNeverFits() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            put(limit(1, 31));
            assertThat(standing.verdict()).isEqualTo(Verdict.NEVER);
        }

        @Test
        void anOlderNumberDoesNotReplaceANewerOne() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            put(limit(7, 33));
            standing.read(34, List.of(limit(4, 32), taking(1, "p5", 10), taking(7, "p2", MINE)));
            assertThat(standing.limit()).isEqualTo(7);
        }

        @Test
        void whatHappenedAtOrBeforeTheAnswerSaysNothing() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            deleted(1, MINE);
            put(limit(9, MINE));
            assertThat(standing.verdict()).isEqualTo(Verdict.WAIT);
        }

        @Test
        void whatHappensBeforeTheAnswerComesIsKept() {
            standing.live(20);
            deleted(1, 31);
            put(limit(3, 32));
            answered(taking(1, "p5", 10), taking(2, "p1", 11));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
            assertThat(standing.limit()).isEqualTo(3);
        }

        @Test
        void theEndOfOurOwnKeyIsLoss() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            deleted(7, 31);
            assertThat(standing.verdict()).isEqualTo(Verdict.LOST);
        }

        @Test
        void theEndOfOurOwnKeyBeforeTheAnswerCameIsLoss() {
            standing.live(20);
            deleted(7, 31);
            answered();
            assertThat(standing.verdict()).isEqualTo(Verdict.LOST);
        }

        @Test
        void anAnswerThatDoesNotShowOurKeyIsLoss() {
            standing.answered(MINE, MINE + 5, List.of(taking(1, "p5", 10)));
            assertThat(standing.verdict()).isEqualTo(Verdict.LOST);
        }
    }

    @Nested
    class Gaps {

        @Test
        void roomThatIsSeenWithoutCoverageNeedsARead() {
            answered(taking(1, "p5", 10));
            deleted(1, 31);
            assertThat(standing.verdict()).isEqualTo(Verdict.READ);
            standing.read(32, List.of(taking(7, "p2", MINE)));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
            standing.momentIsOver();
            assertThat(standing.verdict()).isEqualTo(Verdict.READ);
        }

        @Test
        void aWatchThatBeginsBeforeTheAnswerCovers() {
            answered(taking(1, "p5", 10));
            standing.live(MINE);
            deleted(1, 31);
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void aWatchThatBeginsLaterNeedsAReadThatIsNotOlder() {
            answered(taking(1, "p5", 10));
            standing.live(40);
            List<KeyValue> found = List.of(taking(1, "p5", 10), taking(7, "p2", MINE));
            standing.read(39, found);
            assertThat(standing.isCovered()).isFalse();
            standing.read(40, found);
            assertThat(standing.isCovered()).isTrue();
        }

        @Test
        void afterAGapOurKeyMayBeGone() {
            standing.live(20);
            answered(taking(1, "p5", 10));
            standing.gap();
            deleted(1, 31);
            assertThat(standing.verdict()).isEqualTo(Verdict.READ);
            standing.read(35, List.of(taking(8, "p2", 33)));
            assertThat(standing.verdict()).isEqualTo(Verdict.LOST);
        }

        @Test
        void aReadShowsKeysThatTakeLessAndKeysThatWent() {
            answered(taking(1, "p4", 10), taking(2, "p4", 11));
            standing.read(35, List.of(relaxed(1, "p3", 32), taking(7, "p2", MINE)));
            assertThat(standing.verdict()).isEqualTo(Verdict.OWN);
        }

        @Test
        void anOlderReadIsIgnored() {
            answered(taking(1, "p5", 10));
            standing.read(MINE - 1, List.of());
            assertThat(standing.verdict()).isEqualTo(Verdict.WAIT);
        }
    }
}

package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.WatchEvent;
import io.coordination.testkit.RecordedWatch.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules 10 to 12: watches. */
abstract class WatchRules extends LeaseRules {

    private CompletableFuture<List<Long>> writeInBackground(Store on, String name, int times) {
        return CompletableFuture.supplyAsync(
                () -> IntStream.range(0, times)
                        .mapToObj(i -> get(on.txn(Txn.always(Op.put(key(name), text("" + i), 0)))))
                        .map(result -> result.revision())
                        .toList(),
                ThreadPerTask.THREADS);
    }

    @Nested
    @DisplayName("Rule 10: watches miss nothing")
    class Rule10WatchesMissNothing {

        @Test
        void aWatchFromThePastDeliversEveryChangeSinceAndGoesOn() {
            put("a", "before");
            long first = put("a", "1");
            long second = delete("a");
            long third = put("a", "2");

            RecordedWatch watch = watch(allKeys(), first);
            watch.awaitRevision(third);
            long fourth = put("b", "live");

            List<Seen> seen = watch.awaitRevision(fourth);
            assertThat(Seen.revisions(seen)).containsExactly(first, second, third, fourth);
            assertThat(seen.get(1).events()).containsExactly(new WatchEvent.Delete(key("a"), second));
            assertThat(seen.get(2).events()).containsExactly(new WatchEvent.Put(existing("a")));
        }

        @Test
        void aWatchSeesItsOwnKeysOnly() {
            RecordedWatch single = watch(KeyRange.key(key("a")), 0);
            RecordedWatch prefix = watch(KeyRange.prefix(key("a/")), 0);
            single.awaitOpened();
            prefix.awaitOpened();

            put("a", "1");
            put("a/1", "1");
            put("b", "1");
            long last = txn(Op.put(key("a"), text("2"), 0), Op.put(key("b"), text("2"), 0), Op.delete(key("a/1")))
                    .revision();

            assertThat(single.awaitRevision(last)).flatExtracting(Seen::keys).containsExactly(key("a"), key("a"));
            assertThat(prefix.awaitRevision(last)).flatExtracting(Seen::keys).containsExactly(key("a/1"), key("a/1"));
        }

        @Test
        void aWatchFromTheFutureBeginsThere() {
            long now = put("key", "now");
            RecordedWatch watch = watch(allKeys(), now + 3);
            watch.awaitOpened();

            List<Long> later =
                    IntStream.range(0, 5).mapToObj(i -> put("key", "" + i)).toList();

            List<Seen> seen = watch.awaitRevision(later.get(4));
            assertThat(Seen.revisions(seen))
                    .isEqualTo(later.stream()
                            .filter(revision -> revision >= now + 3)
                            .toList());
        }

        @Test
        void whatHappensWhileAWatchFromThePastOpensArrivesOnceAndInOrder() {
            long first = put("key", "first");
            for (int round = 0; round < 5; round++) {
                CompletableFuture<List<Long>> writing = writeInBackground(openAnother(), "key", 40);
                RecordedWatch watch = watch(allKeys(), first);
                List<Long> written = get(writing);
                List<Seen> seen = watch.awaitRevision(written.get(written.size() - 1));
                assertThat(Seen.revisions(seen)).containsSubsequence(written).hasSize(1 + 40 * (round + 1));
                watch.watch().close();
            }
        }

        @Test
        void brokenConnectionsLoseAndRepeatNothing() {
            RecordedWatch watch = watch(allKeys(), put("key", "first"));
            watch.awaitOpened();
            for (int round = 0; round < 3; round++) {
                putStubbornly("key");
                breakConnections();
                putStubbornly("key");
            }

            long last = existing("key").modRevision();
            assertThat(watch.awaitRevision(last)).hasSize((int) existing("key").version());
        }

        @Test
        void aWatchFromACompactedRevisionEndsAndSaysSo() {
            long lost = put("key", "lost");
            long oldest = put("key", "oldest");
            put("key", "newest");
            compact(oldest);

            RecordedWatch watch = watch(allKeys(), lost);

            assertThat(watch.awaitHistoryLost()).isIn(0L, oldest);
            assertThat(watch.watch().isClosed()).isTrue();
            assertThat(watch.seen()).isEmpty();
        }

        /** Old servers forget a delete in the very revision they compact at; then the watch has to end. */
        @Test
        void aWatchFromTheCompactionRevisionDeliversItsDeleteOrEnds() {
            put("key", "1");
            long deleted = delete("key");
            long later = put("other", "1");
            compact(deleted);

            RecordedWatch watch = watch(allKeys(), deleted);

            if (!watch.awaitRevisionOrEnd(later)) {
                assertThat(Seen.revisions(watch.seen())).containsExactly(deleted, later);
            }
        }

        @Test
        void compactionDoesNotDisturbAWatchThatIsFurther() {
            RecordedWatch watch = watch(allKeys(), put("key", "1"));
            long second = put("key", "2");
            watch.awaitRevision(second);

            compact(second);

            assertThat(watch.awaitRevision(put("key", "3"))).hasSize(3);
        }
    }

    @Nested
    @DisplayName("Rule 11: whole revisions, one call at a time")
    class Rule11WholeRevisions {

        @Test
        void allChangesOfARevisionArriveInOneCallInTheOrderOfTheOperations() {
            put("old", "1");
            RecordedWatch live = watch(allKeys(), 0);
            live.awaitOpened();

            long revision = txn(
                            Op.put(key("z"), text("1"), 0),
                            Op.delete(key("old")),
                            Op.put(key("a"), text("1"), 0),
                            Op.put(key("m"), text("1"), 0))
                    .revision();

            RecordedWatch past = watch(allKeys(), revision);
            for (RecordedWatch watch : List.of(live, past)) {
                List<Seen> seen = watch.awaitRevision(revision);
                assertThat(seen.get(seen.size() - 1).keys()).containsExactly(key("z"), key("old"), key("a"), key("m"));
            }
        }

        @Test
        void aRevisionOfAMegabyteIsStillOneCall() {
            RecordedWatch live = watch(allKeys(), 0);
            live.awaitOpened();
            Bytes large = Bytes.copyOf(new byte[10_000]);
            Op[] puts = IntStream.range(0, 128)
                    .mapToObj(i -> Op.put(key("" + i), large, 0))
                    .toArray(Op[]::new);

            long revision = txn(puts).revision();
            long next = txn(puts).revision();

            RecordedWatch past = watch(allKeys(), revision);
            for (RecordedWatch watch : List.of(live, past)) {
                assertThat(watch.awaitRevision(next).stream()
                                .filter(seen -> seen.revision() >= revision)
                                .map(seen -> seen.events().size()))
                        .containsExactly(128, 128);
            }
        }

        /** {@link RecordedWatch} checks that calls do not overlap and that revisions only grow. */
        @Test
        void manyWritersAreToldOneRevisionAfterTheOther() {
            RecordedWatch watch = watch(allKeys(), 0);
            long opened = watch.awaitOpened();
            List<CompletableFuture<List<Long>>> writers = IntStream.range(0, 4)
                    .mapToObj(i -> writeInBackground(openAnother(), "writer" + i, 40))
                    .toList();
            List<Long> written = writers.stream()
                    .flatMap(writer -> get(writer).stream())
                    .sorted()
                    .toList();

            List<Seen> seen = watch.awaitRevision(written.get(written.size() - 1));

            assertThat(opened).isLessThan(written.get(0));
            assertThat(Seen.revisions(seen)).isEqualTo(written);
        }
    }

    @Nested
    @DisplayName("Rule 12: from now")
    class Rule12FromNow {

        @Test
        void everyChangeAfterTheFirstOpenedRevisionArrives() {
            for (int round = 0; round < 10; round++) {
                CompletableFuture<List<Long>> writing = writeInBackground(openAnother(), "key", 20);
                RecordedWatch watch = watch(allKeys(), 0);
                long floor = watch.awaitOpened();
                List<Long> written = new ArrayList<>(get(writing));
                written.add(put("key", "last"));

                List<Seen> seen = watch.awaitRevision(written.get(written.size() - 1));

                assertThat(Seen.revisions(seen))
                        .containsSubsequence(written.stream()
                                .filter(revision -> revision > floor)
                                .toList());
            }
        }

        @Test
        void theFloorIsNotBeforeWhatTheCallerKnows() {
            long known = put("key", "1");

            RecordedWatch watch = watch(allKeys(), 0);

            assertThat(watch.awaitOpened()).isGreaterThanOrEqualTo(known);
        }
    }
}

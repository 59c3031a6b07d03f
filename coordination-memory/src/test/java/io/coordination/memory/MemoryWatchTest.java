package io.coordination.memory;

import static io.coordination.memory.StoreCalls.follow;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static io.coordination.memory.StoreCalls.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Watch;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.WatchEvent;
import io.coordination.testkit.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryWatchTest {

    private final MemoryStore store = MemoryStore.create(new ManualTime());
    private final List<String> lines = new ArrayList<>();

    @Nested
    class Delivery {

        @Test
        void theCallerHasHeardEverythingWhenItsChangeIsAnswered() {
            List<String> heard = follow(store, 0);

            put(store, "/a", "1");
            assertThat(heard).containsExactly("opened 1", "2 +/a");
            now(store.txn(Txn.always(Op.put("/b", Bytes.EMPTY, 0), Op.delete("/a"))));

            assertThat(heard).containsExactly("opened 1", "2 +/a", "3 +/b -/a");
        }

        @Test
        void theCallerOfAWatchFromThePastHasHeardThePastWhenItIsOpen() {
            put(store, "/a", "1");
            put(store, "other", "1");
            put(store, "/b", "1");

            assertThat(follow(store, 1)).containsExactly("opened 4", "2 +/a", "4 +/b", "progress 4");
            assertThat(follow(store, 4)).containsExactly("opened 4", "4 +/b", "progress 4");
            assertThat(follow(store, 5)).containsExactly("opened 4");
        }

        @Test
        void aWatchOfLostHistoryHearsTheOldestRevisionAndEnds() {
            put(store, "/a", "1");
            long oldest = put(store, "/a", "2");
            store.compact(oldest);

            Watch watch = store.watch(KeyRange.prefix("/"), oldest - 1, new StoreCalls.Lines(lines));
            put(store, "/a", "3");

            assertThat(lines).containsExactly("lost " + oldest);
            assertThat(watch.isClosed()).isTrue();
        }

        @Test
        void aDeleteInTheCompactionRevisionIsNotForgotten() {
            put(store, "/a", "1");
            long deleted = now(store.txn(Txn.always(Op.delete("/a")))).revision();
            put(store, "/b", "1");
            store.compact(deleted);

            assertThat(follow(store, deleted)).contains("3 -/a", "4 +/b");
        }

        @Test
        void watchesAreToldInTheOrderTheyWereOpened() {
            for (String name : List.of("first", "second", "third")) {
                store.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                    @Override
                    public void onRevision(long revision, List<WatchEvent> events) {
                        lines.add(name);
                    }
                });
            }

            put(store, "/a", "1");

            assertThat(lines).containsExactly("first", "second", "third");
        }
    }

    @Nested
    class Reentrance {

        @Test
        void aChangeMadeByAListenerIsToldAfterTheCallThatMadeIt() {
            store.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    lines.add("begin " + revision);
                    if (revision < 4) {
                        put(store, "/" + revision, "1");
                    }
                    lines.add("end " + revision);
                }
            });

            put(store, "/a", "1");

            assertThat(lines).containsExactly("begin 2", "end 2", "begin 3", "end 3", "begin 4", "end 4");
        }

        @Test
        void twoListenersThatAnswerEachOtherDoNotPileUp() {
            int rounds = 5_000;
            answer("/ping", "/pong", rounds);
            answer("/pong", "/ping", rounds);

            put(store, "/ping", "0");

            assertThat(value(store, "/ping")).contains("" + rounds);
        }

        private void answer(String heard, String said, int last) {
            store.watch(KeyRange.key(heard), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    WatchEvent.Put event = (WatchEvent.Put) events.get(0);
                    int round = Integer.parseInt(event.entry().value().utf8());
                    if (round < last) {
                        put(store, said, "" + (round + 1));
                    }
                }
            });
        }

        @Test
        void aListenerMayOpenAndCloseWatches() {
            List<Watch> inner = new ArrayList<>();
            store.watch(KeyRange.key("/open"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    inner.add(store.watch(KeyRange.key("/a"), 0, new StoreCalls.Lines(lines)));
                }
            });
            store.watch(KeyRange.key("/close"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    inner.forEach(Watch::close);
                }
            });

            put(store, "/open", "1");
            put(store, "/a", "1");
            put(store, "/close", "1");
            put(store, "/a", "2");

            assertThat(lines).containsExactly("opened 2", "3 +/a");
        }
    }

    @Nested
    class Threads {

        @Test
        void noLockIsHeldWhileAListenerRuns() {
            List<Long> read = new ArrayList<>();
            store.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    read.add(CompletableFuture.supplyAsync(() -> now(store.range(RangeQuery.key("/a"))))
                            .orTimeout(10, TimeUnit.SECONDS)
                            .join()
                            .revision());
                }
            });

            put(store, "/a", "1");

            assertThat(read).containsExactly(2L);
        }

        @Test
        void aSlowListenerHoldsUpNobodyElseAndMissesNothing() {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            List<Long> slow = new ArrayList<>();
            store.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    begun.countDown();
                    awaitUninterruptibly(goOn);
                    slow.add(revision);
                }
            });
            CompletableFuture<Void> slowWriter = CompletableFuture.runAsync(() -> put(store, "/a", "1"));
            awaitUninterruptibly(begun);
            List<String> quick = follow(store, 0);

            put(store, "/b", "1");
            put(store, "/c", "1");
            assertThat(quick).containsExactly("opened 2", "3 +/b", "4 +/c");
            goOn.countDown();
            slowWriter.join();

            assertThat(slow).containsExactly(2L, 3L, 4L);
        }

        @Test
        void closingDoesNotWaitForARunningCallAndIsTheEnd() {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            List<Long> heard = new ArrayList<>();
            Watch watch = store.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    heard.add(revision);
                    begun.countDown();
                    awaitUninterruptibly(goOn);
                }
            });
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> put(store, "/a", "1"));
            awaitUninterruptibly(begun);
            put(store, "/b", "1");

            watch.close();
            goOn.countDown();
            writer.join();

            assertThat(heard).containsExactly(2L);
        }

        @Test
        void manyThreadsAreToldInTheOrderOfTheirRevisions() {
            List<Long> heard = new ArrayList<>();
            store.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    heard.add(revision);
                }
            });
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                writers.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 500; i++) {
                        put(store, "/a", "" + i);
                    }
                }));
            }
            writers.forEach(CompletableFuture::join);

            assertThat(heard).hasSize(2000).isSorted().doesNotHaveDuplicates();
        }

        private void awaitUninterruptibly(CountDownLatch latch) {
            try {
                assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}

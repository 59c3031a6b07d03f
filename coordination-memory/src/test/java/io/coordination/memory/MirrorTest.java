package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreCall;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MirrorTest {

    private static final String PREFIX = "/m/";

    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = MemoryStore.create(time);
    private final FaultyStore faulty = FaultyStore.over(memory.connect(), time);

    private Mirror open() {
        return Mirror.open(faulty, time, PREFIX);
    }

    private static MirrorRecorder record(Mirror mirror) {
        MirrorRecorder recorder = new MirrorRecorder(PREFIX);
        mirror.subscribe(recorder);
        return recorder;
    }

    private long write(String name, String value) {
        return put(memory, PREFIX + name, value);
    }

    private long delete(String name) {
        return now(memory.txn(Txn.always(Op.delete(PREFIX + name)))).revision();
    }

    private void compact() {
        memory.compact(put(memory, "/elsewhere", "1"));
    }

    private static String value(Mirror mirror, String name) {
        return mirror.state()
                .get(PREFIX + name)
                .map(entry -> entry.value().utf8())
                .orElse("-");
    }

    private void assertSameAsStore(Mirror mirror) {
        assertThat(mirror.state().entries().values())
                .containsExactlyInAnyOrderElementsOf(
                        now(memory.range(RangeQuery.prefix(PREFIX))).entries());
    }

    @Nested
    class ListThenWatch {

        @Test
        void showsWhatIsThereAndThenEveryChange() {
            write("a", "1");
            put(memory, "/mm", "not below the prefix");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            write("a", "2");
            write("b", "1");
            put(memory, "/mm", "not below the prefix");
            delete("a");

            assertThat(mirror.isLoaded()).isTrue();
            assertThat(value(mirror, "b")).isEqualTo("1");
            assertThat(value(mirror, "a")).isEqualTo("-");
            assertThat(recorder.lines()).containsExactly("snapshot 3 [a]", "4 a:1>2", "5 b:->1", "7 a:2>-");
        }

        @Test
        void missesNothingThatIsWrittenBetweenTheReadingAndTheWatch() {
            write("a", "1");
            faulty.onNext(StoreCall.Range.class).runBeforeAnswer(() -> {
                write("a", "2");
                delete("a");
                write("b", "1");
            });

            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            assertThat(recorder.lines()).containsExactly("snapshot 5 [b]");
            assertSameAsStore(mirror);
        }

        @Test
        void tellsAnEarlySubscriberTheSnapshotAndWhatFollowed() {
            write("a", "1");
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            write("a", "2");
            write("a", "3");
            assertThat(recorder.lines()).isEmpty();

            reading.release();

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "3 a:1>2", "4 a:2>3");
        }

        @Test
        void tellsALateSubscriberTheStateAndWhatFollows() {
            Mirror mirror = open();
            MirrorRecorder early = record(mirror);
            write("a", "1");

            MirrorRecorder late = record(mirror);
            write("a", "2");

            assertThat(early.lines()).containsExactly("snapshot 1 []", "2 a:->1", "3 a:1>2");
            assertThat(late.lines()).containsExactly("snapshot 2 [a]", "3 a:1>2");
        }

        @Test
        void takesARevisionWhole() {
            write("a", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            List<MirrorState> seen = new ArrayList<>();
            mirror.subscribe(new MirrorListener() {
                @Override
                public void onSnapshot(MirrorState state) {
                    seen.add(mirror.state());
                }

                @Override
                public void onChange(MirrorChange change) {
                    seen.add(mirror.state());
                }
            });

            now(memory.txn(Txn.always(
                    Op.delete(PREFIX + "a"),
                    Op.put(PREFIX + "b", Bytes.utf8("1"), 0),
                    Op.put(PREFIX + "c", Bytes.utf8("1"), 0))));

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "3 a:1>- b:->1 c:->1");
            assertThat(seen).extracting(MirrorState::revision).containsExactly(2L, 3L);
            assertThat(seen.get(1).entries()).containsOnlyKeys(PREFIX + "b", PREFIX + "c");
        }

        @Test
        void doesNotTellAWatchStepThatChangedNothing() {
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            faulty.watches().cut();
            put(memory, "/elsewhere", "1");

            faulty.watches().resume();

            assertThat(recorder.lines()).containsExactly("snapshot 1 []");
            assertThat(mirror.state().revision()).as("by progress").isEqualTo(2);
        }

        @Test
        void readsThousandsOfKeysAtOneRevisionWhateverHappensMeanwhile() {
            for (int i = 0; i < 2_500; i++) {
                write(String.format("%05d", i), "old");
            }
            FaultRule writer = faulty.onEvery(StoreCall.Range.class).runBeforeAnswer(() -> {
                now(memory.txn(Txn.always(
                        Op.put(PREFIX + "00000", Bytes.utf8("new"), 0),
                        Op.put(PREFIX + "02499", Bytes.utf8("new"), 0),
                        Op.put(PREFIX + "99999", Bytes.utf8("new"), 0))));
                delete("01700");
            });

            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            assertThat(writer.hits()).isEqualTo(3);
            assertSameAsStore(mirror);
            assertThat(recorder.replayed()).isEqualTo(mirror.state().entries());
        }

        @Test
        void readsThousandsOfKeysEvenIfTheHistoryIsCompactedMeanwhile() {
            for (int i = 0; i < 2_500; i++) {
                write(String.format("%05d", i), "old");
            }
            faulty.onNext(StoreCall.Range.class).runBeforeAnswer(() -> {
                delete("00000");
                compact();
            });

            Mirror mirror = open();

            assertThat(mirror.isLoaded()).isTrue();
            assertSameAsStore(mirror);
            assertThat(value(mirror, "00000")).isEqualTo("-");
        }
    }

    @Nested
    class Gaps {

        @Test
        void areFollowedByWhatWasMissedInOrder() {
            write("a", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            faulty.watches().cut();
            write("a", "2");
            write("a", "3");
            assertThat(value(mirror, "a")).isEqualTo("1");

            faulty.watches().resume();

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "3 a:1>2", "4 a:2>3");
        }

        @Test
        void overACompactionAreFollowedByTheDifferenceDeletesIncluded() {
            write("a", "1");
            write("b", "1");
            write("same", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            faulty.watches().cut();
            write("a", "2");
            write("a", "3");
            delete("b");
            write("c", "1");
            compact();

            faulty.watches().resume();
            write("c", "2");

            assertThat(recorder.lines())
                    .containsExactly("snapshot 4 [a, b, same]", "resync 9 a:1>3 c:->1 b:1>-", "10 c:1>2");
            assertSameAsStore(mirror);
        }

        @Test
        void overACompactionThatChangedNothingAreNotTold() {
            write("a", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            faulty.watches().cut();
            put(memory, "/elsewhere", "1");
            compact();

            faulty.watches().resume();
            write("a", "2");

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "5 a:1>2");
        }

        @Test
        void areBridgedEvenIfTheServerCannotBeReadAtFirst() {
            write("a", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            FaultRule outage = faulty.onEvery(StoreCall.Range.class).loseRequest();
            faulty.watches().cut();
            delete("a");
            put(memory, "/elsewhere", "1");
            compact();
            faulty.watches().resume();
            time.advance(Duration.ofSeconds(2));
            assertThat(value(mirror, "a")).as("the last known state").isEqualTo("1");

            outage.end();
            time.advance(Duration.ofSeconds(5));

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "resync 5 a:1>-");
            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void mayOpenBetweenTheReadingAndTheWatch() {
            faulty.onNext(StoreCall.Range.class).runBeforeAnswer(() -> {
                write("a", "1");
                put(memory, "/elsewhere", "1");
                compact();
            });

            Mirror mirror = open();
            write("b", "1");

            assertSameAsStore(mirror);
            assertThat(faulty.watches().count()).isEqualTo(1);
        }

        @Test
        void thatFollowEachOtherLeaveOneWatch() {
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            faulty.watches().loseHistory(0);
            faulty.watches().loseHistory(0);
            write("a", "1");

            assertThat(faulty.watches().count()).isEqualTo(1);
            assertThat(recorder.lines()).containsExactly("snapshot 1 []", "2 a:->1");
        }
    }

    /** What no engine should do. */
    @Nested
    class Misbehaviour {

        private final List<WatchListener> listeners = new ArrayList<>();

        /** A store whose watches begin earlier than asked for, and whose listeners the test can call. */
        private Store eager() {
            return (Store) Proxy.newProxyInstance(
                    Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("watch")) {
                            listeners.add((WatchListener) arguments[2]);
                            return memory.watch(
                                    (KeyRange) arguments[0], (long) arguments[1] - 2, (WatchListener) arguments[2]);
                        }
                        return method.invoke(memory, arguments);
                    });
        }

        @Test
        void thatRepeatsOldRevisionsChangesNothing() {
            write("a", "1");
            write("b", "1");
            delete("a");

            Mirror mirror = Mirror.open(eager(), time, PREFIX);
            MirrorRecorder recorder = record(mirror);
            write("c", "1");

            assertThat(recorder.lines()).containsExactly("snapshot 4 [b]", "5 c:->1");
            assertSameAsStore(mirror);
        }

        @Test
        void thatTellsAWatchWhichIsOverIsNotHeard() {
            write("a", "1");
            write("a", "2");
            Mirror mirror = Mirror.open(eager(), time, PREFIX);
            MirrorRecorder recorder = record(mirror);
            listeners.get(0).onHistoryLost(0);
            assertThat(listeners).hasSize(2);

            listeners.get(0).onRevision(100, List.of(new WatchEvent.Delete(PREFIX + "a", 100)));
            listeners.get(0).onHistoryLost(0);
            mirror.close();
            listeners.get(1).onRevision(101, List.of(new WatchEvent.Delete(PREFIX + "a", 101)));
            listeners.get(1).onHistoryLost(0);

            assertThat(recorder.lines()).containsExactly("snapshot 3 [a]");
            assertThat(value(mirror, "a")).isEqualTo("2");
            assertThat(listeners).hasSize(2);
        }
    }

    @Nested
    class Staleness {

        @Test
        void countsFromTheBreakOfTheConnection() {
            Mirror mirror = open();
            assertThat(mirror.staleFor()).isEmpty();
            time.advance(Duration.ofMinutes(1));
            faulty.watches().cut();
            assertThat(mirror.staleFor()).contains(Duration.ZERO);

            time.advance(Duration.ofSeconds(3));
            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(3));

            faulty.watches().resume();
            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void goesOnOverACompactionUntilTheStateWasReadAnew() {
            write("a", "1");
            Mirror mirror = open();
            faulty.watches().cut();
            time.advance(Duration.ofSeconds(2));
            put(memory, "/elsewhere", "1");
            compact();
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            faulty.watches().resume();
            time.advance(Duration.ofSeconds(1));
            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(3));

            reading.release();

            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void countsFromTheFirstReadingThatFailed() {
            faulty.disconnect();
            Mirror mirror = open();
            time.advance(Duration.ofSeconds(4));

            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(4));
        }
    }

    @Nested
    class Readiness {

        @Test
        void comesWithTheFirstReading() {
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            write("a", "1");
            Mirror mirror = open();
            CompletableFuture<MirrorState> ready = mirror.ready();
            assertThat(ready).isNotDone();
            assertThat(mirror.isLoaded()).isFalse();
            assertThat(mirror.state().revision()).isZero();

            reading.release();

            assertThat(now(ready)).isEqualTo(mirror.state());
            assertThat(now(mirror.ready()).get(PREFIX + "a")).isPresent();
        }

        @Test
        void failsWithWhatTheReadingFailsWithAndTheMirrorRecoversByItself() {
            faulty.disconnect();
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            assertThat(failure(mirror.ready()).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);

            write("a", "1");
            faulty.reconnect();
            time.advance(Duration.ofSeconds(1));

            assertThat(mirror.isLoaded()).isTrue();
            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]");
            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void isTriedForAtOnceWhenSomebodyAsks() {
            faulty.disconnect();
            Mirror mirror = open();
            faulty.reconnect();

            assertThat(now(mirror.ready()).isRead()).isTrue();

            time.advance(Duration.ofMinutes(1));
            assertThat(faulty.watches().count()).isEqualTo(1);
            assertThat(reads()).isEqualTo(2);
        }

        @Test
        void isTriedForEverLessOftenDuringAnOutage() {
            faulty.disconnect();
            open();

            time.advance(Duration.ofMinutes(1));
            assertThat(reads()).isBetween(15L, 35L);
            long before = reads();
            time.advance(Duration.ofMinutes(1));

            assertThat(reads() - before).isBetween(12L, 24L);
        }

        @Test
        void isTriedForQuicklyAgainAfterALongOutage() {
            faulty.disconnect();
            Mirror mirror = open();
            time.advance(Duration.ofMinutes(1));
            faulty.reconnect();
            time.advance(Duration.ofSeconds(5));
            faulty.onNext(StoreCall.Range.class).loseRequest();
            faulty.watches().loseHistory(0);
            assertThat(mirror.staleFor()).isPresent();

            time.advance(Duration.ofMillis(100));

            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void failsWhenTheStoreIsClosedBeforeTheWatchIsOpen() {
            MemoryStore closing = memory.connect();
            FaultyStore late = FaultyStore.over(closing, time);
            HeldCalls reading = late.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = Mirror.open(late, time, PREFIX);
            CompletableFuture<MirrorState> ready = mirror.ready();

            closing.close();
            reading.release();

            assertThat(failure(ready).code()).isEqualTo(ErrorCode.CLOSED);
            mirror.close();
            assertThat(time.pendingTasks()).isZero();
        }

        private long reads() {
            return faulty.calls().stream()
                    .filter(StoreCall.Range.class::isInstance)
                    .count();
        }
    }

    @Nested
    class Reaching {

        @Test
        void aRevisionThatIsThereIsImmediate() {
            long revision = write("a", "1");
            Mirror mirror = open();

            assertThat(mirror.reached(revision)).isCompleted();
            assertThat(mirror.reached(0)).isCompleted();
        }

        @Test
        void aRevisionToComeIsReachedWithItsChange() {
            Mirror mirror = open();
            faulty.watches().hold();
            long revision = write("a", "1");
            CompletableFuture<String> seen = mirror.reached(revision).thenApply(reached -> value(mirror, "a"));
            CompletableFuture<Void> later = mirror.reached(revision + 1);
            assertThat(seen).isNotDone();

            faulty.watches().release();

            assertThat(seen).isCompletedWithValue("1");
            assertThat(later).isNotDone();
        }

        @Test
        void aRevisionInAGapIsReachedByReadingAnew() {
            Mirror mirror = open();
            faulty.watches().cut();
            long revision = write("a", "1");
            put(memory, "/elsewhere", "1");
            compact();
            CompletableFuture<Void> reached = mirror.reached(revision);
            assertThat(reached).isNotDone();

            faulty.watches().resume();

            assertThat(reached).isCompleted();
        }

        @Test
        void aRevisionIsReachedByProgressToo() {
            Mirror mirror = open();
            faulty.watches().cut();
            long revision = put(memory, "/elsewhere", "1");
            CompletableFuture<Void> reached = mirror.reached(revision);

            faulty.watches().resume();

            assertThat(reached).isCompleted();
        }
    }

    @Nested
    class Listeners {

        @Test
        void thatLeftHearNothing() {
            Mirror mirror = open();
            MirrorRecorder recorder = new MirrorRecorder(PREFIX);
            Watch subscription = mirror.subscribe(recorder);
            MirrorRecorder stays = record(mirror);

            subscription.close();
            write("a", "1");

            assertThat(subscription.isClosed()).isTrue();
            assertThat(recorder.lines()).containsExactly("snapshot 1 []");
            assertThat(stays.lines()).hasSize(2);
        }

        @Test
        void thatThrowHarmNoOther() {
            Mirror mirror = open();
            mirror.subscribe(new MirrorListener() {
                @Override
                public void onSnapshot(MirrorState state) {
                    throw new IllegalStateException("a failure on purpose");
                }

                @Override
                public void onChange(MirrorChange change) {
                    throw new IllegalStateException("a failure on purpose");
                }
            });
            MirrorRecorder recorder = record(mirror);

            write("a", "1");

            assertThat(recorder.lines()).containsExactly("snapshot 1 []", "2 a:->1");
        }

        @Test
        void thatThrowAtTheFirstSnapshotDoNotKeepTheMirrorFromBeingReady() {
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            mirror.subscribe(new MirrorListener() {
                @Override
                public void onSnapshot(MirrorState state) {
                    throw new IllegalStateException("a failure on purpose");
                }

                @Override
                public void onChange(MirrorChange change) {}
            });
            MirrorRecorder recorder = record(mirror);
            CompletableFuture<MirrorState> ready = mirror.ready();

            reading.release();

            assertThat(ready).isCompleted();
            assertThat(recorder.lines()).containsExactly("snapshot 1 []");
        }

        @Test
        void mayComeAndGoFromInsideACall() {
            Mirror mirror = open();
            MirrorRecorder inner = new MirrorRecorder(PREFIX);
            List<Watch> subscriptions = new ArrayList<>();
            subscriptions.add(mirror.subscribe(new MirrorListener() {
                @Override
                public void onSnapshot(MirrorState state) {}

                @Override
                public void onChange(MirrorChange change) {
                    subscriptions.get(0).close();
                    mirror.subscribe(inner);
                }
            }));

            write("a", "1");
            write("a", "2");

            assertThat(inner.lines()).containsExactly("snapshot 2 [a]", "3 a:1>2");
        }
    }

    @Nested
    class Closing {

        @Test
        void completesEveryFuture() {
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            CompletableFuture<MirrorState> ready = mirror.ready();
            CompletableFuture<Void> reached = mirror.reached(100);

            mirror.close();

            assertThat(failure(ready).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(reached).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(mirror.ready()).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(mirror.reached(1)).code()).isEqualTo(ErrorCode.CLOSED);
            reading.release();
            assertThat(faulty.watches().count()).isZero();
        }

        @Test
        void endsTheWatchAndTheCalls() {
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            mirror.close();
            mirror.close();
            write("a", "1");

            assertThat(recorder.lines()).containsExactly("snapshot 1 []");
            assertThat(faulty.watches().count()).isZero();
        }

        @Test
        void endsTheAttemptsToRead() {
            faulty.disconnect();
            Mirror mirror = open();

            mirror.close();

            assertThat(time.pendingTasks()).isZero();
        }

        @Test
        void takesNoListenersAnyMore() {
            Mirror mirror = open();
            mirror.close();

            assertThat(record(mirror).lines()).isEmpty();
        }

        @Test
        void keepsTheLastState() {
            write("a", "1");
            Mirror mirror = open();

            mirror.close();

            assertThat(value(mirror, "a")).isEqualTo("1");
        }
    }
}

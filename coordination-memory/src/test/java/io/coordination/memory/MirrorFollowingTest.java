package io.coordination.memory;

import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
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
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MirrorFollowingTest extends MirrorRig {

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

            assertThat(writer.hits()).isEqualTo(4);
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
            readAnew();
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
}

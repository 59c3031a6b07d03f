package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.follow;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FaultyWatchesTest {

    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = MemoryStore.create(time);
    private final FaultyStore faulty = FaultyStore.over(memory.connect(), time);

    @Nested
    class LateEvents {

        @Test
        void heldEventsComeAtTheReleaseAndInOrder() {
            List<String> lines = follow(faulty, 0);
            faulty.watches().hold();
            put(memory, "/a", "1");
            put(memory, "/b", "1");
            assertThat(lines).containsExactly("opened 1");

            faulty.watches().release();
            put(memory, "/c", "1");

            assertThat(lines).containsExactly("opened 1", "2 +/a", "3 +/b", "4 +/c");
        }

        @Test
        void aWatchThatIsOpenedWhileEventsAreHeldHearsNothingYet() {
            faulty.watches().hold();
            List<String> lines = follow(faulty, 0);
            assertThat(lines).isEmpty();

            faulty.watches().release();

            assertThat(lines).containsExactly("opened 1");
        }

        @Test
        void delayedEventsKeepTheirOrder() {
            List<String> lines = follow(faulty, 0);
            faulty.watches().delay(Duration.ofSeconds(2));
            put(memory, "/a", "1");
            time.advance(Duration.ofSeconds(1));
            faulty.watches().delay(Duration.ZERO);
            put(memory, "/b", "1");
            assertThat(lines).containsExactly("opened 1");

            time.advance(Duration.ofMillis(999));
            assertThat(lines).containsExactly("opened 1");
            time.advance(Duration.ofMillis(1));

            assertThat(lines).containsExactly("opened 1", "2 +/a", "3 +/b");
        }
    }

    @Nested
    class BrokenConnections {

        @Test
        void aCutWatchGoesOnWhereItStood() {
            List<String> lines = follow(faulty, 0);
            put(memory, "/a", "1");
            faulty.watches().cut();
            put(memory, "/b", "1");
            put(memory, "/c", "1");
            assertThat(lines).containsExactly("opened 1", "2 +/a", "interrupted");

            faulty.watches().resume();

            assertThat(lines)
                    .containsExactly("opened 1", "2 +/a", "interrupted", "opened 4", "3 +/b", "4 +/c", "progress 4");
        }

        @Test
        void aWatchFromNowThatWasCutBeforeAnyEventMissesNothing() {
            List<String> lines = follow(faulty, 0);
            faulty.watches().cut();
            put(memory, "/a", "1");

            faulty.watches().resume();

            assertThat(lines).containsExactly("opened 1", "interrupted", "opened 2", "2 +/a", "progress 2");
        }

        @Test
        void whatWasHeldWhenTheConnectionBrokeComesAgain() {
            List<String> lines = follow(faulty, 0);
            faulty.watches().hold();
            put(memory, "/a", "1");
            faulty.watches().cut();
            put(memory, "/b", "1");
            faulty.watches().resume();
            faulty.watches().release();

            assertThat(lines).containsExactly("opened 1", "interrupted", "opened 3", "2 +/a", "3 +/b", "progress 3");
        }

        @Test
        void aWatchWhoseHistoryWasCompactedMeanwhileSaysSo() {
            List<String> lines = follow(faulty, 0);
            put(memory, "/a", "1");
            faulty.watches().cut();
            put(memory, "/a", "2");
            long oldest = put(memory, "/a", "3");
            memory.compact(oldest);

            faulty.watches().resume();
            put(memory, "/a", "4");

            assertThat(lines).containsExactly("opened 1", "2 +/a", "interrupted", "lost " + oldest);
            assertThat(faulty.watches().count()).isZero();
        }

        @Test
        void lostHistoryEndsAWatch() {
            List<String> lines = new ArrayList<>();
            Watch watch = faulty.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(lines));

            faulty.watches().loseHistory(7);
            put(memory, "/a", "1");

            assertThat(lines).containsExactly("opened 1", "lost 7");
            assertThat(watch.isClosed()).isTrue();
        }

        @Test
        void aWatchOpenedWhileDisconnectedOpensAfterwards() {
            faulty.watches().cut();
            List<String> lines = follow(faulty, 0);
            put(memory, "/a", "1");
            assertThat(lines).isEmpty();

            faulty.watches().resume();
            put(memory, "/b", "1");

            assertThat(lines).containsExactly("opened 2", "3 +/b");
        }

        @Test
        void nothingIsHeardOverAConnectionThatWasCut() {
            List<WatchListener> connections = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            FaultyStore broken = FaultyStore.over(storeWhoseWatchesNeverEnd(connections), time);
            broken.watch(KeyRange.prefix("/"), 5, new StoreCalls.Lines(lines));
            WatchListener old = connections.get(0);

            broken.watches().cut();
            old.onRevision(5, List.of(new WatchEvent.Delete("/a", 5)));
            broken.watches().resume();
            old.onRevision(6, List.of(new WatchEvent.Delete("/a", 6)));
            connections.get(1).onRevision(5, List.of(new WatchEvent.Delete("/a", 5)));

            assertThat(lines).containsExactly("interrupted", "5 -/a");
        }

        private Store storeWhoseWatchesNeverEnd(List<WatchListener> connections) {
            Watch endless = (Watch) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Watch.class}, (proxy, method, arguments) -> null);
            return (Store) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                        connections.add((WatchListener) arguments[2]);
                        return endless;
                    });
        }

        @Test
        void aPartitionLosesEveryRequestUntilItEnds() {
            List<String> lines = follow(faulty, 0);
            faulty.disconnect();
            assertThat(failure(faulty.range(RangeQuery.key("/a"))).outcomeUnknown())
                    .isTrue();
            assertThat(failure(faulty.txn(StoreCalls.putting("/a", "1"))).outcomeUnknown())
                    .isTrue();
            put(memory, "/b", "1");

            faulty.reconnect();
            now(faulty.range(RangeQuery.key("/a")));

            assertThat(lines).containsExactly("opened 1", "interrupted", "opened 2", "2 +/b", "progress 2");
        }
    }

    @Nested
    class Closing {

        @Test
        void aClosedWatchIsClosedBelowToo() {
            List<String> lines = new ArrayList<>();
            Watch watch = faulty.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(lines));

            watch.close();
            watch.close();
            put(memory, "/a", "1");
            faulty.watches().cut();
            faulty.watches().resume();

            assertThat(lines).containsExactly("opened 1");
            assertThat(faulty.watches().count()).isZero();
        }

        @Test
        void aListenerMayCloseItsWatchInAnyCall() {
            List<String> lines = new ArrayList<>();
            List<Watch> opened = new ArrayList<>();
            opened.add(faulty.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(lines) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    super.onRevision(revision, events);
                    opened.get(0).close();
                }
            }));
            faulty.watches().hold();
            put(memory, "/a", "1");
            put(memory, "/b", "1");

            faulty.watches().release();

            assertThat(lines).containsExactly("opened 1", "2 +/a");
        }
    }
}

package io.coordination.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.Subscription;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import io.coordination.store.mirror.Mirror;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a mirror comes back after an interruption. */
class MirrorCatchUpTest extends MirrorRig {

    /** A store whose one watch says what the test makes it say. */
    private static final class Scripted extends ForwardingStore {

        private final List<WatchListener> listeners = new ArrayList<>();

        Scripted(Store store) {
            super(store);
        }

        @Override
        public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
            listeners.add(listener);
            return new Subscription(() -> {});
        }

        WatchListener watch() {
            return listeners.get(listeners.size() - 1);
        }
    }

    @Nested
    class AWatchThatIsOpenAgain {

        private final Scripted store = new Scripted(memory);
        private final Mirror mirror = Mirror.open(store, time, PREFIX);

        private void interrupt() {
            store.watch().onInterrupted(CoordinationException.of(ErrorCode.CONNECTION_ERROR, "on purpose"));
            time.advance(Duration.ofSeconds(3));
        }

        private void deliver(long revision) {
            store.watch().onRevision(revision, List.of(new WatchEvent.Delete(PREFIX + "a", revision)));
        }

        @Test
        void isStaleUntilItHasBroughtWhatWasMissed() {
            interrupt();
            store.watch().onOpened(5);
            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(3));
            deliver(4);
            assertThat(mirror.staleFor()).isPresent();

            deliver(5);

            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void hasCaughtUpWithProgressToo() {
            interrupt();
            store.watch().onOpened(5);

            store.watch().onProgress(5);

            assertThat(mirror.staleFor()).isEmpty();
            assertThat(mirror.state().revision()).isEqualTo(5);
        }

        @Test
        void hasCaughtUpAtOnceWhenNothingHappenedMeanwhile() {
            interrupt();

            store.watch().onOpened(1);

            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void hasCaughtUpWhenItIsSilentForSomeSeconds() {
            interrupt();
            store.watch().onOpened(5);
            time.advance(Duration.ofMillis(1_900));
            assertThat(mirror.staleFor()).isPresent();

            time.advance(Duration.ofMillis(100));

            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void isStaleAllTheTimeWhenItBreaksAgainWhileItCatchesUp() {
            interrupt();
            store.watch().onOpened(5);

            interrupt();

            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(6));
            time.advance(Duration.ofSeconds(2));
            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(8));
        }
    }

    @Nested
    class ManyMirrors {

        private long reads() {
            return faulty.calls().stream()
                    .filter(StoreCall.Range.class::isInstance)
                    .count();
        }

        @Test
        void doNotReadAnewInTheSameMoment() {
            List<Mirror> mirrors = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                mirrors.add(open());
            }
            long before = reads();

            faulty.watches().loseHistory(0);
            assertThat(reads() - before).isZero();
            time.advance(Duration.ofMillis(500));
            assertThat(reads() - before).as("after half of the time").isBetween(40L, 160L);
            time.advance(Duration.ofMillis(500));

            assertThat(reads() - before).isEqualTo(200);
            assertThat(mirrors).allMatch(mirror -> mirror.staleFor().isEmpty());
        }

        @Test
        void readAtOnceWhereSomebodyWaits() {
            Mirror mirror = open();
            faulty.watches().loseHistory(0);
            assertThat(mirror.staleFor()).isPresent();

            long revision = write("a", "1");

            assertThat(mirror.reached(revision)).isCompleted();
        }
    }
}

package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorState;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MirrorReadinessTest extends MirrorRig {

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
            CompletableFuture<Void> waiting = mirror.reached(100);
            faulty.watches().loseHistory(0);
            assertThat(mirror.staleFor()).isPresent();
            assertThat(waiting).isNotDone();

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
}

package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.DistributedReadWriteLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Readers and writers in one queue. */
class ReadWriteTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final Node c = cluster.node();

    private static DistributedReadWriteLock lock(Node node) {
        return node.locks.readWrite(Cluster.LOCK);
    }

    private static CompletableFuture<LockHandle> read(Node node) {
        return lock(node).read().acquireAsync(Node.OPTIONS);
    }

    private static CompletableFuture<LockHandle> write(Node node) {
        return lock(node).write().acquireAsync(Node.OPTIONS);
    }

    private static List<CompletableFuture<LockHandle>> several(int times, Node node) {
        return IntStream.range(0, times).mapToObj(i -> read(node)).toList();
    }

    /** A reader whose process knows at once who queues behind it. */
    private LockHandle watchedReader() {
        LockHandle reader = granted(read(a));
        cluster.time.advance(Duration.ofMillis(100));
        return reader;
    }

    @Nested
    class Sharing {

        @Test
        void readersOfSeveralProcessesHoldTogether() {
            List<LockHandle> readers = List.of(granted(read(a)), granted(read(b)), granted(read(c)));
            assertThat(readers).allMatch(LockHandle::isHeld);
            assertThat(cluster.queue()).hasSize(3);
            readers.forEach(LockHandle::close);
        }

        @Test
        void readersOfOneProcessShareAPlaceAndHaveTokensOfTheirOwn() {
            List<CompletableFuture<LockHandle>> readers = several(40, a);
            assertThat(cluster.queue()).hasSize(1);
            assertThat(readers.stream().map(reader -> granted(reader).fencingToken()))
                    .isSorted()
                    .doesNotHaveDuplicates();
            readers.forEach(reader -> reader.join().close());
        }

        @Test
        void thePlaceStaysUntilTheLastOneHasGone() {
            LockHandle one = granted(read(a));
            LockHandle two = granted(read(a));
            assertThat(one.unlock()).isTrue();
            assertThat(one.unlock()).isFalse();
            assertThat(two.isHeld()).isTrue();
            assertThat(cluster.queue()).hasSize(1);
            assertThat(two.unlock()).isTrue();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void theModeIsInTheValue() {
            LockHandle reader = granted(read(a));
            assertThat(cluster.first().value().utf8()).startsWith("{\"m\":\"r\",\"o\":\"\",\"t\":");
            reader.close();
        }

        @Test
        void theLossOfThePlaceIsTheLossOfAll() {
            LockHandle one = granted(read(a));
            LockHandle two = granted(read(a));
            var told = List.of(losses(one), losses(two));
            a.store.dropLeases().join();
            assertThat(told)
                    .allSatisfy(losses -> assertThat(losses)
                            .singleElement()
                            .satisfies(loss -> assertThat(loss.reason()).isEqualTo(LockLostReason.SESSION)));
            assertThat(one.isHeld() || two.isHeld()).isFalse();
        }

        @Test
        void aFixedTtlIsRefused() {
            LockOptions fixed =
                    LockOptions.builder().ttl(Cluster.TTL).fixedTtl().build();
            assertThatThrownBy(() -> lock(a).read().tryAcquire(fixed))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                    .hasMessageContaining("fixedTtl");
        }
    }

    @Nested
    class Waiting {

        @Test
        void aWriterWaitsForAllReaders() {
            LockHandle first = granted(read(a));
            LockHandle second = granted(read(b));
            CompletableFuture<LockHandle> writer = write(c);
            first.close();
            assertThat(writer).isNotDone();
            second.close();
            assertThat(granted(writer).fencingToken())
                    .isGreaterThan(first.fencingToken())
                    .isGreaterThan(second.fencingToken());
            writer.join().close();
        }

        @Test
        void readersThatComeAfterAWaitingWriterWaitForIt() {
            LockHandle reader = watchedReader();
            CompletableFuture<LockHandle> writer = write(b);
            CompletableFuture<LockHandle> local = read(a);
            CompletableFuture<LockHandle> remote = read(c);
            assertThat(local).isNotDone();
            assertThat(remote).isNotDone();
            reader.close();
            granted(writer).close();
            granted(local).close();
            granted(remote).close();
        }

        @Test
        void aLocalWriterStopsLaterLocalReaders() {
            LockHandle reader = granted(read(a));
            CompletableFuture<LockHandle> writer = write(a);
            CompletableFuture<LockHandle> later = read(a);
            assertThat(later).isNotDone();
            reader.close();
            assertThat(later).isNotDone();
            granted(writer).close();
            granted(later).close();
        }

        /** Otherwise everybody who comes from elsewhere while the place is held would pass the local writer. */
        @Test
        void theNextSegmentQueuesWhileThePresentOneHolds() {
            LockHandle reader = granted(read(a));
            CompletableFuture<LockHandle> writer = write(a);
            CompletableFuture<LockHandle> remote = write(b);
            assertThat(cluster.queue()).hasSize(3);
            reader.close();
            assertThat(remote).isNotDone();
            granted(writer).close();
            granted(remote).close();
        }

        @Test
        void aProcessHasTwoPlacesAtMost() {
            LockHandle reader = granted(read(a));
            List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(write(a));
                waiting.add(read(a));
            }
            assertThat(cluster.queue()).hasSize(2);
            reader.close();
            for (CompletableFuture<LockHandle> next : waiting) {
                assertThat(cluster.queue()).hasSizeLessThanOrEqualTo(2);
                granted(next).close();
            }
        }

        @Test
        void aWriterThatGivesUpLetsReadersInAgain() {
            LockHandle reader = granted(read(a));
            CompletableFuture<LockHandle> writer = write(a);
            CompletableFuture<LockHandle> later = read(a);
            writer.cancel(false);
            granted(later).close();
            reader.close();
        }

        @Test
        void aRemoteWriterThatGivesUpLetsReadersInAgain() {
            LockHandle reader = granted(read(a));
            CompletableFuture<LockHandle> writer = write(b);
            CompletableFuture<LockHandle> later = read(c);
            assertThat(later).isNotDone();
            writer.cancel(false);
            granted(later).close();
            reader.close();
        }

        @Test
        void readersOfAProcessStarveNoWriterOfAnother() {
            LockHandle last = granted(read(a));
            CompletableFuture<LockHandle> writer = write(b);
            int joined = 0;
            while (!writer.isDone()) {
                CompletableFuture<LockHandle> next = read(a);
                last.close();
                if (next.isDone() && !writer.isDone()) {
                    joined++;
                    last = next.join();
                } else {
                    granted(writer).close();
                    granted(next).close();
                }
            }
            assertThat(joined).isLessThanOrEqualTo(16);
        }
    }

    @Nested
    class ATry {

        @Test
        void toReadSucceedsWhileOthersRead() {
            LockHandle reader = granted(read(a));
            LockHandle tried = lock(b).read().tryAcquire(Cluster.TTL).orElseThrow();
            assertThat(tried.isHeld()).isTrue();
            tried.close();
            reader.close();
        }

        @Test
        void toReadFailsWhileSomebodyWritesAndLeavesNoTrace() {
            LockHandle writer = granted(write(a));
            assertThat(lock(b).read().tryAcquire(Cluster.TTL)).isEmpty();
            assertThat(cluster.queue()).hasSize(1);
            writer.close();
        }

        @Test
        void toReadFailsWhileAWriterWaits() {
            LockHandle reader = watchedReader();
            CompletableFuture<LockHandle> writer = write(b);
            assertThat(lock(c).read().tryAcquire(Cluster.TTL)).isEmpty();
            assertThat(lock(a).read().tryAcquire(Cluster.TTL)).isEmpty();
            reader.close();
            granted(writer).close();
        }

        @Test
        void toWriteFailsWhileSomebodyReads() {
            LockHandle reader = granted(read(a));
            assertThat(lock(b).write().tryAcquire(Cluster.TTL)).isEmpty();
            assertThat(lock(a).write().tryAcquire(Cluster.TTL)).isEmpty();
            reader.close();
        }

        /** Between the look at the queue and the put a writer may come. */
        @Test
        void toReadThatIsOvertakenByAWriterIsRefused() {
            LockHandle reader = granted(read(a));
            List<CompletableFuture<LockHandle>> writers = new ArrayList<>();
            b.store.onNextTxn(Sent::attempt).holdAnswer().release();
            HeldCalls second = b.store.onNextTxn(Sent::attempt).hold();
            CompletableFuture<?> tried = lock(b).read().tryAcquireAsync(Node.OPTIONS);
            writers.add(write(c));
            second.release();
            assertThat(tried.join()).isEqualTo(Optional.empty());
            reader.close();
            granted(writers.get(0)).close();
        }
    }

    @Nested
    class Downgrading {

        @Test
        void keepsKeyAndTokenAndLetsReadersIn() {
            LockHandle writer = granted(write(a));
            long made = cluster.first().createRevision();
            CompletableFuture<LockHandle> local = read(a);
            CompletableFuture<LockHandle> remote = read(b);
            LockHandle reader = lock(a).downgrade(writer);
            assertThat(writer.isHeld()).isFalse();
            assertThat(reader.isHeld()).isTrue();
            assertThat(reader.fencingToken()).isEqualTo(writer.fencingToken());
            assertThat(cluster.first().createRevision()).isEqualTo(made);
            assertThat(cluster.first().value().utf8()).contains("\"m\":\"r\"");
            assertThat(cluster.first().lease()).as("still leased").isNotZero();
            granted(remote).close();
            granted(local).close();
            assertThat(writer.unlock()).isFalse();
            assertThat(reader.unlock()).isTrue();
        }

        @Test
        void leavesAWaitingWriterBehind() {
            LockHandle writer = granted(write(a));
            CompletableFuture<LockHandle> next = write(b);
            LockHandle reader = lock(a).downgrade(writer);
            assertThat(next).isNotDone();
            reader.close();
            granted(next).close();
        }

        @Test
        void isRepeatedUntilTheServerKnows() {
            LockHandle writer = granted(write(a));
            CompletableFuture<LockHandle> remote = read(b);
            FaultRule lost = a.store.onEveryTxn(Sent::rewrite).loseRequest();
            LockHandle reader = lock(a).downgrade(writer);
            assertThat(remote).isNotDone();
            lost.end();
            cluster.moment();
            granted(remote).close();
            reader.close();
        }

        @Test
        void thatArrivesAfterTheReleaseDoesNothing() {
            LockHandle writer = granted(write(a));
            HeldCalls late = a.store.onNextTxn(Sent::rewrite).hold();
            lock(a).downgrade(writer).close();
            assertThat(cluster.queue()).isEmpty();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void afterAnOperatorDeletedTheKeyFindsItLost() {
            LockHandle writer = granted(write(a));
            cluster.delete(cluster.first().key());
            LockHandle reader = lock(a).downgrade(writer);
            assertThat(reader.isHeld()).isFalse();
        }

        @Test
        void needsAHeldHandleOfTheSameLockForWriting() {
            LockHandle reader = granted(read(a));
            assertRefused(lock(a), reader);
            reader.close();
            LockHandle writer = granted(write(a));
            assertRefused(a.locks.readWrite("another"), writer);
            assertRefused(lock(b), writer);
            writer.close();
            assertThatThrownBy(() -> lock(a).downgrade(writer)).isInstanceOf(CoordinationClosedException.class);
        }

        private static void assertRefused(DistributedReadWriteLock lock, LockHandle handle) {
            assertThatThrownBy(() -> lock.downgrade(handle))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR));
            assertThat(handle.isHeld()).isTrue();
        }

        @Test
        void survivesARenewalWithAnotherTtl() {
            LockHandle reader = lock(a).downgrade(granted(write(a)));
            reader.renew(Duration.ofSeconds(15));
            assertThat(cluster.first().value().utf8()).contains("\"m\":\"r\"");
            granted(read(b)).close();
            reader.close();
        }
    }
}

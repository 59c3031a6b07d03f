package io.coordination.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.DistributedReadWriteLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockContract} about several holds at one place: readers, requests of one process, owners, idle locks. */
abstract class LockSharingRules extends LockFixture {

    private DistributedReadWriteLock lock(Coordinator coordinator) {
        return coordinator.lock().readWrite(name);
    }

    private CompletableFuture<LockHandle> read(Coordinator coordinator) {
        return lock(coordinator).read().acquireAsync(options());
    }

    private CompletableFuture<LockHandle> write(Coordinator coordinator) {
        return lock(coordinator).write().acquireAsync(options());
    }

    @Nested
    class ReadersAndWriters {

        @Test
        void readersHoldTogetherAndAWriterAlone() {
            LockHandle here = granted(read(mine));
            LockHandle here2 = granted(read(mine));
            LockHandle there = granted(read(other));
            CompletableFuture<LockHandle> writer = write(another());
            assertThat(lock(mine).write().tryAcquire(TTL)).isEmpty();
            here.close();
            here2.close();
            assertThat(writer).isNotDone();
            there.unlock();
            LockHandle writing = granted(writer);
            assertThat(writing.fencingToken()).isGreaterThan(Math.max(here2.fencingToken(), there.fencingToken()));
            assertThat(lock(mine).read().tryAcquire(TTL)).isEmpty();
            writing.close();
            assertGetsFree();
        }

        @Test
        void aTryToReadNeedsNoEmptyQueue() {
            LockHandle reader = granted(read(mine));
            LockHandle tried = lock(other).read().tryAcquire(TTL).orElseThrow();
            assertThat(tried.isHeld()).isTrue();
            tried.close();
            reader.close();
        }

        @Test
        void writersAreTheOwnersOfTheExclusiveLock() {
            LockHandle held = take(mine);
            assertThat(lock(other).read().tryAcquire(TTL)).isEmpty();
            assertThat(lock(other).write().tryAcquire(TTL)).isEmpty();
            held.unlock();
            LockHandle writing = lock(other).write().tryAcquire(TTL).orElseThrow();
            assertThat(mine.lock().tryAcquire(name, TTL)).isEmpty();
            writing.unlock();
        }

        @Test
        void aReaderThatComesAfterAWaitingWriterWaitsForIt() {
            LockHandle reader = granted(read(mine));
            CompletableFuture<LockHandle> writer = write(mine);
            CompletableFuture<LockHandle> later = read(mine);
            assertThat(later).isNotDone();
            reader.close();
            LockHandle writing = granted(writer);
            assertThat(later).isNotDone();
            writing.close();
            granted(later).close();
        }

        @Test
        void aDowngradeLetsReadersInButNoWriter() {
            LockHandle writing = granted(write(mine));
            CompletableFuture<LockHandle> readerThere = read(other);
            CompletableFuture<LockHandle> writerThere = write(another());
            LockHandle reading = lock(mine).downgrade(writing);
            assertThat(reading.fencingToken()).isEqualTo(writing.fencingToken());
            assertThat(writing.isHeld()).isFalse();
            assertThat(writerThere).isNotDone();
            assertThat(reading.unlock()).isTrue();
            // Which of the two came first is the server's word.
            CompletableFuture.anyOf(readerThere, writerThere)
                    .orTimeout(SOON.toSeconds(), SECONDS)
                    .join();
            CompletableFuture<LockHandle> first = readerThere.isDone() ? readerThere : writerThere;
            granted(first).close();
            granted(first == readerThere ? writerThere : readerThere).close();
        }

        @Test
        void anUpgradeIsRefusedAtOnce() {
            LockOptions owned =
                    options().toBuilder().owner(LockOwner.named("me")).build();
            LockHandle reading = result(lock(mine).read().acquireAsync(owned));
            assertFails(ErrorCode.VALIDATION_ERROR, lock(mine).write().acquireAsync(owned));
            reading.close();
        }
    }

    @Nested
    class WithinOneProcess {

        @Test
        void theLockGoesFromRequestToRequestInTheirOrder() {
            LockHandle first = take(mine);
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<Void>> all = IntStream.range(0, 50)
                    .mapToObj(i -> ask(mine).thenAccept(held -> {
                        order.add(i);
                        tokens.add(held.fencingToken());
                        held.close();
                    }))
                    .toList();
            first.close();
            all.forEach(LockFixture::result);
            assertThat(order).isSorted().hasSize(50);
            assertThat(tokens).isSorted().doesNotHaveDuplicates().allMatch(token -> token > first.fencingToken());
        }

        /** The published bound: the head of another process's line is passed by one turn of at most the batch. */
        @Test
        void whoWaitsElsewhereIsPassedByOneBatchAtMost() {
            LockHandle first = take(mine);
            LockOptions batches = options().toBuilder().localBatch(4).build();
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<Void>> all = new ArrayList<>();
            CompletableFuture<LockHandle> remote = ask(other);
            awaitQueued(other);
            for (int i = 0; i < 30; i++) {
                all.add(mine.lock().acquireAsync(name, batches).thenAccept(held -> {
                    order.add("mine");
                    held.close();
                }));
            }
            all.add(remote.thenAccept(held -> {
                order.add("other");
                held.close();
            }));
            first.close();
            all.forEach(LockFixture::result);
            assertThat(order.indexOf("other")).isLessThanOrEqualTo(4);
        }

        /** A request of the process that is last in line answers a try at once, without asking the server. */
        private void awaitQueued(Coordinator waiting) {
            await().atMost(SOON)
                    .until(() -> waiting.lock().tryAcquire(name, TTL).isEmpty());
        }
    }

    @Nested
    class Owners {

        private final LockOptions owned =
                options().toBuilder().owner(LockOwner.ofThread()).build();

        @Test
        void enterAgainWithTheSameTokenAndLeaveAsOften() throws InterruptedException {
            LockHandle outer = mine.lock().acquire(name, owned);
            LockHandle inner = mine.lock().acquire(name, owned);
            assertThat(inner.fencingToken()).isEqualTo(outer.fencingToken());
            assertThat(inner.count()).isEqualTo(2);
            assertThat(inner.unlock()).isTrue();
            assertThat(outer.isHeld()).isTrue();
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            assertThat(outer.unlock()).isTrue();
            assertThat(outer.count()).isZero();
            assertGetsFree();
        }

        @Test
        void keepOtherThreadsWaiting() throws InterruptedException {
            LockHandle held = mine.lock().acquire(name, owned);
            BlockedCall<LockHandle> thread = new BlockedCall<>(() -> mine.lock().acquire(name, owned));
            assertThat(held.count()).isEqualTo(1);
            held.unlock();
            thread.result().unlock();
        }
    }

    @Nested
    class IdleLocks {

        private final LockOptions retaining =
                options().toBuilder().retain(Duration.ofSeconds(30)).build();

        /** The first hold opens the watch without which nothing is retained. */
        private LockHandle retained() {
            long[] last = {0};
            await().atMost(SOON).until(() -> {
                LockHandle held = result(mine.lock().acquireAsync(name, retaining));
                held.unlock();
                boolean same = last[0] >> 16 == held.fencingToken() >> 16;
                last[0] = held.fencingToken();
                return same;
            });
            return result(mine.lock().acquireAsync(name, retaining));
        }

        @Test
        void areGivenToWhoeverQueues() {
            LockHandle last = retained();
            last.unlock();
            LockHandle next = granted(ask(other));
            assertThat(next.fencingToken()).isGreaterThan(last.fencingToken());
            next.unlock();
        }

        @Test
        void areGivenToWhoeverTries() {
            retained().unlock();
            await().atMost(SOON)
                    .until(() -> other.lock()
                            .tryAcquire(name, TTL)
                            .map(LockHandle::unlock)
                            .orElse(false));
        }

        @Test
        void doNotOutliveTheirCoordinator() {
            retained().unlock();
            mine.close();
            assertThat(other.lock().tryAcquire(name, TTL)).hasValueSatisfying(LockHandle::close);
        }
    }
}

package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.admin.LockQueueState;
import io.coordination.lock.synchronizer.DistributedSemaphore;
import io.coordination.lock.synchronizer.PermitHolder;
import io.coordination.lock.synchronizer.Permits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link LockPrimitivesContract} about semaphores. */
abstract class SemaphoreRules extends ElectionRules {

    private static final int LIMIT = 5;
    private static final HoldOptions PERMITS = HoldOptions.ofTtl(TTL);

    private DistributedSemaphore semaphore(Coordinator coordinator) {
        return coordinator.lock().semaphore(name, LIMIT);
    }

    private Permits take(Coordinator coordinator, int permits) {
        return held(semaphore(coordinator).acquireAsync(permits, PERMITS));
    }

    private static Permits held(CompletableFuture<Permits> asked) {
        Permits permits = result(asked);
        assertThat(permits.isHeld()).isTrue();
        return permits;
    }

    private void assertAvailable(int permits) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(semaphore(other).available()).isEqualTo(permits));
    }

    @Nested
    class PermitsOfASemaphore {

        private static final int THREADS = 8;
        private static final int ROUNDS = 8;

        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Test
        void areExactAmongThreadsOfSeveralCoordinators() throws Exception {
            List<Coordinator> all = List.of(mine, other, another());
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                DistributedSemaphore semaphore = semaphore(all.get(thread % all.size()));
                int wanted = 1 + thread % 3;
                done.add(threads.submit(() -> work(semaphore, wanted)));
            }
            for (Future<?> each : done) {
                each.get(40, TimeUnit.SECONDS);
            }
            threads.shutdown();
            assertThat(most.get()).isBetween(2, LIMIT);
            assertAvailable(LIMIT);
        }

        private Void work(DistributedSemaphore semaphore, int wanted) throws InterruptedException {
            for (int round = 0; round < ROUNDS; round++) {
                try (Permits held = semaphore.acquire(wanted, PERMITS)) {
                    most.accumulateAndGet(inside.addAndGet(wanted), Math::max);
                    assertThat(held.isHeld()).isTrue();
                    inside.addAndGet(-wanted);
                }
            }
            return null;
        }

        @Test
        void areTakenAndReleasedInChunks() {
            Permits five = take(mine, 5);
            assertThat(semaphore(other).tryAcquire(1)).isEmpty();
            assertThat(five.release(2)).isTrue();
            assertThat(five.count()).isEqualTo(3);
            assertThat(semaphore(other).tryAcquire(3)).isEmpty();
            Permits two = semaphore(other).tryAcquire(2).orElseThrow();
            assertThat(five.release(1)).isTrue();
            assertThat(five.release(1)).isTrue();
            assertThat(five.release()).isTrue();
            assertThat(five.release()).isFalse();
            assertAvailable(3);
            two.close();
            assertAvailable(5);
        }

        @Test
        void wakeWhoWaitsWhenAChunkIsReleased() {
            Permits five = take(mine, 5);
            CompletableFuture<Permits> waiting = semaphore(other).acquireAsync(2, PERMITS);
            five.release(1);
            assertThat(waiting).isNotDone();
            five.release(1);
            held(waiting).close();
        }

        @Test
        void areGivenInTheOrderOfTheRequests() {
            Permits four = take(mine, 4);
            CompletableFuture<Permits> large = semaphore(other).acquireAsync(3, PERMITS);
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(semaphore(mine).tryAcquire(1)).isEmpty());
            CompletableFuture<Permits> small = semaphore(mine).acquireAsync(1, PERMITS);
            assertThat(large).isNotDone();
            assertThat(small).isNotDone();
            four.release();
            held(large).close();
            held(small).close();
        }

        @Test
        void areDrained() {
            take(mine, 2);
            Permits rest = semaphore(other).drain(PERMITS).orElseThrow();
            assertThat(rest.count()).isEqualTo(3);
            assertThat(semaphore(mine).drain(PERMITS)).isEmpty();
            assertThat(semaphore(mine).available()).isZero();
        }

        @Test
        void areListedByHolder() {
            HoldOptions labelled = PERMITS.toBuilder().label("printer").build();
            held(semaphore(mine).acquireAsync(2, labelled));
            take(other, 3);
            List<PermitHolder> holders = semaphore(other).holders();
            assertThat(holders).extracting(PermitHolder::permits).containsExactly(2, 3);
            assertThat(holders.get(0).label()).contains("printer");
            assertThat(holders.get(0).node()).isNotEmpty();
        }

        @Test
        void expire() {
            HoldOptions short1 =
                    PERMITS.toBuilder().maxHold(Duration.ofMillis(500)).build();
            Permits held = held(semaphore(mine).acquireAsync(5, short1));
            CompletableFuture<Permits> waiting = semaphore(other).acquireAsync(5, PERMITS);
            held(waiting).close();
            assertThat(held.isHeld()).isFalse();
            assertThat(result(held.lost().toCompletableFuture()).reason()).isEqualTo(LockLostReason.MAX_HOLD);
        }

        @Test
        void ofAFixedTtlEndByThemselves() {
            HoldOptions fixed =
                    HoldOptions.builder().ttl(SHORT_TTL).fixedTtl(true).build();
            Permits held = held(semaphore(mine).acquireAsync(5, fixed));
            Permits next = result(semaphore(other).acquireAsync(1, PERMITS).orTimeout(20, TimeUnit.SECONDS));
            assertThat(held.isHeld()).isFalse();
            assertThat(next.isHeld()).isTrue();
        }

        @Test
        void comeBackWhenACoordinatorIsClosed() {
            Permits held = take(mine, 5);
            CompletableFuture<Permits> alsoWaiting = semaphore(mine).acquireAsync(1, PERMITS);
            CompletableFuture<Permits> waiting = semaphore(other).acquireAsync(5, PERMITS);
            mine.close();
            assertThat(held.isHeld()).isFalse();
            assertFails(ErrorCode.CLOSED, alsoWaiting);
            held(waiting).close();
            assertAvailable(5);
        }

        @Test
        void areNotTakenByWhoGaveUp() throws InterruptedException {
            Permits held = take(mine, 4);
            CompletableFuture<Permits> cancelled = semaphore(other).acquireAsync(2, PERMITS);
            cancelled.cancel(false);
            HoldOptions limited =
                    PERMITS.toBuilder().waitTime(Duration.ofMillis(200)).build();
            assertThat(semaphore(other).tryAcquire(2, limited)).isEmpty();
            assertFails(ErrorCode.TIMEOUT_ERROR, () -> semaphore(other).acquire(2, limited));
            BlockedCall<Permits> blocked =
                    new BlockedCall<>(() -> semaphore(other).acquire(2));
            blocked.interrupt();
            assertThat(blocked.failure()).isInstanceOf(InterruptedException.class);
            held.release();
            assertAvailable(5);
        }

        @Test
        void excludeALockOfTheirName() {
            Permits one = take(mine, 1);
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            one.release();
            LockHandle lock = other.lock().tryAcquire(name, TTL).orElseThrow();
            assertThat(semaphore(mine).tryAcquire(1)).isEmpty();
            lock.unlock();
            assertThat(semaphore(mine).tryAcquire(1)).isPresent();
        }
    }

    @Nested
    class LimitsOfASemaphore {

        @Test
        void mustAgree() {
            assertThat(semaphore(mine).limit()).isEqualTo(LIMIT);
            DistributedSemaphore seven = other.lock().semaphore(name, 7);
            assertThatThrownBy(() -> seven.tryAcquire(1))
                    .satisfies(hasCode(ErrorCode.CONFLICT))
                    .hasMessageContaining("5")
                    .hasMessageContaining("7");
            assertFails(ErrorCode.CONFLICT, seven.acquireAsync(1, PERMITS));
            assertThat(other.module("billing").lock().semaphore(name, 7).limit())
                    .isEqualTo(7);
        }

        @Test
        void areRaisedForWhoWaits() {
            Permits five = take(mine, 5);
            CompletableFuture<Permits> waiting = semaphore(other).acquireAsync(2, PERMITS);
            awaitPlaces(2);
            semaphore(mine).changeLimit(7);
            held(waiting);
            assertThat(five.isHeld()).isTrue();
            assertThat(other.lock().semaphore(name, 7).limit()).isEqualTo(7);
        }

        @Test
        void areLoweredForWhoComesNext() {
            DistributedSemaphore atMine = semaphore(mine);
            Permits four = take(mine, 4);
            CompletableFuture<Permits> two = semaphore(other).acquireAsync(2, PERMITS);
            awaitPlaces(2);
            atMine.changeLimit(2);
            assertThat(four.isHeld()).isTrue();
            assertThat(atMine.available()).isZero();
            four.release();
            held(two).close();
            assertFails(ErrorCode.VALIDATION_ERROR, () -> atMine.tryAcquire(3));
        }

        /** A request agrees on the limit when it comes, so whoever changes that first makes it fail. */
        private void awaitPlaces(int places) {
            await().atMost(SOON).until(() -> {
                LockQueueState queue = mine.lock().admin().queue(name);
                return queue.holders().size() + queue.waiters().size() == places;
            });
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 6, 1_000_000_001})
        void areNotExceeded(int permits) {
            assertRefused(() -> semaphore(mine).tryAcquire(permits), "permits");
            assertFails(ErrorCode.VALIDATION_ERROR, semaphore(mine).acquireAsync(permits, PERMITS));
        }

        private void assertRefused(ThrowingCallable call, String parameter) {
            assertThatThrownBy(call)
                    .satisfies(hasCode(ErrorCode.VALIDATION_ERROR))
                    .hasMessageContaining(parameter);
        }

        @ParameterizedTest
        @NullSource
        @ValueSource(strings = {"", " ", "line\nbreak"})
        @SuppressWarnings("NullAway") // what happens to null is the question here
        void haveNames(String bad) {
            assertRefused(() -> mine.lock().semaphore(bad, 1), "key");
        }

        @Test
        @SuppressWarnings("NullAway") // what happens to null is the question here
        void areNumbers() {
            assertRefused(() -> mine.lock().semaphore(name, 0), "permits");
            assertRefused(() -> mine.lock().semaphore(name, 1_000_000_001), "permits");
            assertRefused(() -> semaphore(mine).changeLimit(0), "limit");
            assertRefused(() -> semaphore(mine).acquire(1, null), "options");
            assertRefused(() -> semaphore(mine).drain(null), "options");
            assertFails(ErrorCode.VALIDATION_ERROR, semaphore(mine).tryAcquireAsync(1, null));
            assertRefused(() -> HoldOptions.builder().maxHold(Duration.ZERO), "maxHold");
            assertRefused(() -> HoldOptions.builder().waitTime(Duration.ofMillis(-1)), "waitTime");
            assertRefused(() -> HoldOptions.ofTtl(Duration.ofSeconds(1)), "ttl");
        }

        @Test
        void endWithTheCoordinator() {
            DistributedSemaphore semaphore = semaphore(mine);
            mine.close();
            assertFails(ErrorCode.CLOSED, () -> semaphore.tryAcquire(1));
            assertFails(ErrorCode.CLOSED, semaphore.acquireAsync(1, PERMITS));
            assertFails(ErrorCode.CLOSED, semaphore::available);
            assertFails(ErrorCode.CLOSED, () -> semaphore.changeLimit(6));
        }
    }
}

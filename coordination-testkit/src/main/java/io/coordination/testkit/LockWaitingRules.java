package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockContract} about who gets a lock, and about leaving the queue. */
abstract class LockWaitingRules extends LockSharingRules {

    @Nested
    class Exclusion {

        private static final int THREADS = 8;
        private static final int ROUNDS = 12;

        private int unguarded;
        private long lastToken;

        @Test
        void aHeldLockIsRefusedToEverybody() {
            LockHandle held = take(mine);
            assertThat(held.isHeld()).isTrue();
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            assertThat(mine.lock().tryAcquire(name, TTL)).as("not reentrant").isEmpty();
        }

        @Test
        void aLockIsFreeForEverybodyOnceUnlockReturned() {
            for (Coordinator next : List.of(mine, other, mine, mine, other)) {
                assertThat(take(next).unlock()).isTrue();
            }
        }

        @Test
        void aLockCanBeTakenAgainRightAfterCloseByTheSameCoordinator() {
            for (int round = 0; round < 5; round++) {
                take(mine).close();
            }
        }

        @Test
        void differentLocksDoNotDisturbEachOther() {
            take(mine);
            assertThat(other.lock().tryAcquire(name + "2", TTL)).isPresent();
            assertThat(mine.lock().tryAcquire(name + "3", TTL)).isPresent();
        }

        @Test
        void threadsOfSeveralCoordinatorsCountExactlyWithWhatTheLockGuards() throws Exception {
            List<Coordinator> all = List.of(mine, other, another());
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Coordinator coordinator = all.get(thread % all.size());
                done.add(threads.submit(() -> count(coordinator)));
            }
            for (Future<?> each : done) {
                each.get(40, TimeUnit.SECONDS);
            }
            threads.shutdown();
            assertThat(unguarded).isEqualTo(THREADS * ROUNDS);
        }

        private Void count(Coordinator coordinator) throws InterruptedException {
            for (int round = 0; round < ROUNDS; round++) {
                try (LockHandle held = coordinator.lock().acquire(name, TTL)) {
                    assertThat(held.fencingToken()).isGreaterThan(lastToken);
                    lastToken = held.fencingToken();
                    unguarded++;
                    assertThat(held.isHeld()).isTrue();
                }
            }
            return null;
        }
    }

    @Nested
    class Order {

        @Test
        void requestsOfOneCoordinatorAreServedInTheirOrder() {
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            LockHandle held = take(mine);
            List<CompletableFuture<Void>> served = IntStream.range(0, 6)
                    .mapToObj(i -> ask(mine).thenAccept(next -> {
                        order.add(i);
                        next.close();
                    }))
                    .toList();
            held.close();
            served.forEach(LockFixture::result);
            assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
        }

        @Test
        void coordinatorsAreServedInTheOrderInWhichTheyAsked() {
            Coordinator third = another();
            List<Coordinator> asking = List.of(other, third);
            // With a session each, a request is one transaction.
            asking.forEach(coordinator -> take(coordinator).unlock());
            LockHandle held = take(mine);
            List<CompletableFuture<LockHandle>> asked = new ArrayList<>();
            for (Coordinator coordinator : asking) {
                asked.add(ask(coordinator));
                for (int i = 0; i < 5; i++) {
                    coordinator.ping();
                }
            }
            held.close();
            LockHandle first = granted(asked.get(0));
            assertThat(asked.get(1)).isNotDone();
            first.close();
            granted(asked.get(1)).close();
        }

        @Test
        void aTryDoesNotPassWhoWaits() {
            LockHandle held = take(mine);
            CompletableFuture<LockHandle> waiting = ask(mine);
            assertThat(held.unlock()).isTrue();
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            granted(waiting).close();
        }
    }

    @Nested
    class Limits {

        @Test
        void aTryThatRunsOutOfTimeIsEmpty() throws InterruptedException {
            take(mine);
            Duration limit = Duration.ofMillis(300);
            for (Coordinator coordinator : List.of(mine, other)) {
                long began = System.nanoTime();
                assertThat(coordinator.lock().tryAcquire(name, waiting(limit))).isEmpty();
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(limit, SOON);
            }
        }

        @Test
        void anAcquireThatRunsOutOfTimeIsAnError() {
            take(mine);
            assertThatThrownBy(() -> other.lock().acquire(name, waiting(Duration.ofMillis(200))))
                    .isInstanceOf(CoordinationTimeoutException.class)
                    .satisfies(hasCode(ErrorCode.TIMEOUT_ERROR))
                    .hasMessageContaining(name)
                    .hasMessageContaining("waitTime");
        }

        @Test
        void whoRanOutOfTimeIsInNobodysWay() throws InterruptedException {
            LockHandle held = take(mine);
            assertThat(other.lock().tryAcquire(name, waiting(Duration.ofMillis(100))))
                    .isEmpty();
            held.unlock();
            assertGetsFree();
        }

        @Test
        void aLockThatBecomesFreeInTimeIsTaken() {
            LockHandle held = take(mine);
            BlockedCall<Optional<LockHandle>> waiting =
                    new BlockedCall<>(() -> other.lock().tryAcquire(name, waiting(SOON)));
            held.unlock();
            assertThat(waiting.result())
                    .hasValueSatisfying(lock -> assertThat(lock.isHeld()).isTrue());
        }

        @Test
        void zeroMeansOneAttempt() throws InterruptedException {
            LockOptions once = waiting(Duration.ZERO);
            LockHandle held = other.lock().tryAcquire(name, once).orElseThrow();
            assertThat(mine.lock().tryAcquire(name, once)).isEmpty();
            assertFails(ErrorCode.TIMEOUT_ERROR, () -> mine.lock().acquire(name, once));
            held.unlock();
            assertThat(mine.lock().acquire(name, once).isHeld()).isTrue();
        }
    }

    @Nested
    class Leaving {

        @Test
        void aCancelledRequestIsInNobodysWay() {
            LockHandle held = take(mine);
            CompletableFuture<LockHandle> waiting = ask(other);
            assertThat(waiting.cancel(false)).isTrue();
            held.unlock();
            assertGetsFree();
        }

        @Test
        void requestsCancelledAtOnceLeaveNothing() {
            for (int round = 0; round < 20; round++) {
                CompletableFuture<LockHandle> asked = ask(round % 2 == 0 ? mine : other);
                if (!asked.cancel(false)) {
                    asked.join().close(); // it was quicker, so the lock was ours
                }
            }
            assertGetsFree();
        }

        @Test
        void aFutureThatTimesOutLeavesTheQueue() {
            LockHandle held = take(mine);
            CompletableFuture<LockHandle> waiting = ask(other).orTimeout(50, TimeUnit.MILLISECONDS);
            assertThat(waiting.handle((lock, failure) -> failure).join()).isInstanceOf(TimeoutException.class);
            held.unlock();
            assertGetsFree();
        }

        @Test
        void aFutureThatSomebodyElseCompletesLeavesTheQueue() {
            LockHandle held = take(mine);
            CompletableFuture<LockHandle> waiting = ask(other);
            waiting.completeExceptionally(new IllegalStateException("no longer wanted"));
            held.unlock();
            assertGetsFree();
        }

        @Test
        void aCancelledRequestDelaysNobodyBehindIt() {
            LockHandle held = take(mine);
            CompletableFuture<LockHandle> second = ask(other);
            CompletableFuture<LockHandle> third = ask(other);
            CompletableFuture<LockHandle> fourth = ask(another());
            second.cancel(false);
            held.unlock();
            result(CompletableFuture.allOf(third.thenAccept(LockHandle::close), fourth.thenAccept(LockHandle::close)));
        }

        @Test
        void anInterruptedWaitEndsAtOnceAndLeavesNothing() {
            LockHandle held = take(mine);
            BlockedCall<LockHandle> waiting = blocked(other.lock(), name);
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
            held.unlock();
            assertGetsFree();
        }

        @Test
        void anInterruptedTimedTryLeavesNothing() {
            LockHandle held = take(mine);
            BlockedCall<Optional<LockHandle>> waiting =
                    new BlockedCall<>(() -> other.lock().tryAcquire(name, waiting(TTL)));
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
            held.unlock();
            assertGetsFree();
        }

        @Test
        void aTryOnAnInterruptedThreadIsCancelledOrDoneAndKeepsTheFlag() {
            BlockedCall<Boolean> trying = new BlockedCall<>(() -> {
                Thread.currentThread().interrupt();
                try {
                    other.lock().tryAcquire(name, TTL).ifPresent(LockHandle::close);
                } catch (CoordinationCancelledException allowed) {
                    return Thread.currentThread().isInterrupted();
                }
                return Thread.currentThread().isInterrupted();
            });
            assertThat(trying.result()).isTrue();
            assertGetsFree();
        }
    }

    @Nested
    class Asynchronously {

        @Test
        void aFreeLockIsGranted() {
            LockHandle held = granted(ask(mine));
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            held.close();
        }

        @Test
        void aTryAnswersWithoutWaiting() {
            take(mine);
            assertThat(result(other.lock().tryAcquireAsync(name, options()))).isEmpty();
        }

        @Test
        void aTimedTryAnswersWhenItsTimeIsOver() {
            take(mine);
            assertThat(result(other.lock().tryAcquireAsync(name, waiting(Duration.ofMillis(100)))))
                    .isEmpty();
        }

        @Test
        void anAcquireThatRunsOutOfTimeFails() {
            take(mine);
            assertFails(ErrorCode.TIMEOUT_ERROR, other.lock().acquireAsync(name, waiting(Duration.ofMillis(100))));
        }

        @Test
        void aDependentThatBlocksHoldsNobodyUp() {
            CompletableFuture<LockHandle> asked = ask(mine);
            CompletableFuture<Boolean> blocking = asked.thenApply(held -> {
                // Needs the server, timers and other callbacks while it blocks its own thread.
                held.renew();
                return held.unlock();
            });
            assertThat(result(blocking)).isTrue();
        }
    }
}

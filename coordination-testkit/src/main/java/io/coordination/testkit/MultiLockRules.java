package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.DistributedMultiLock;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.MultiLockHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockPrimitivesContract} about several locks at once. */
abstract class MultiLockRules extends SemaphoreRules {

    private static final HoldOptions HOLD = HoldOptions.ofTtl(TTL);

    private final List<String> names = List.of(name + "/x", name + "/y", name + "/z");

    private DistributedMultiLock all(Coordinator coordinator) {
        return coordinator.lock().multi(names);
    }

    private static MultiLockHandle heldLocks(CompletableFuture<MultiLockHandle> asked) {
        MultiLockHandle held = result(asked);
        assertThat(held.isHeld()).isTrue();
        return held;
    }

    private LockHandle takeOne(Coordinator coordinator, int index) {
        return coordinator.lock().tryAcquire(names.get(index), TTL).orElseThrow();
    }

    @Nested
    class SeveralLocks {

        private static final int THREADS = 6;
        private static final int ROUNDS = 8;

        private final Map<String, Integer> unguarded = new ConcurrentHashMap<>();
        private final Map<String, Long> lastTokens = new ConcurrentHashMap<>();

        @Test
        void areHeldTogether() throws InterruptedException {
            MultiLockHandle held = all(mine).acquire(HOLD);
            assertThat(held.keys()).isEqualTo(names);
            assertThat(held.ttl()).isEqualTo(TTL);
            assertThat(held.remaining()).isPositive();
            for (String each : names) {
                assertThat(other.lock().tryAcquire(each, TTL)).isEmpty();
                assertThat(held.fencingToken(each)).isPositive();
            }
            assertThat(held.unlock()).isTrue();
            assertThat(held.unlock()).isFalse();
            for (int i = 0; i < names.size(); i++) {
                assertThat(takeOne(other, i).unlock()).isTrue();
            }
        }

        @Test
        void waitForTheSlowest() {
            LockHandle second = takeOne(other, 1);
            LockHandle third = takeOne(mine, 2);
            CompletableFuture<MultiLockHandle> waiting = all(mine).acquireAsync(HOLD);
            third.unlock();
            assertThat(waiting).isNotDone();
            second.unlock();
            MultiLockHandle held = heldLocks(waiting);
            assertThat(held.fencingToken(names.get(1))).isGreaterThan(second.fencingToken());
            assertThat(held.fencingToken(names.get(2))).isGreaterThan(third.fencingToken());
            CompletableFuture<LockHandle> next = other.lock().acquireAsync(names.get(0), options());
            held.close();
            assertThat(granted(next).fencingToken()).isGreaterThan(held.fencingToken(names.get(0)));
        }

        @Test
        void areTriedTogether() throws InterruptedException {
            LockHandle second = takeOne(other, 1);
            assertThat(all(mine).tryAcquire(HOLD)).isEmpty();
            assertThat(takeOne(other, 0).unlock()).as("nothing was written").isTrue();
            second.unlock();
            MultiLockHandle held = all(mine).tryAcquire(HOLD).orElseThrow();
            assertThat(all(other).tryAcquire(HOLD)).isEmpty();
            held.close();
        }

        @Test
        void waitForReadersAndKeepLaterOnesOut() {
            LockHandle reader = read(other);
            CompletableFuture<MultiLockHandle> waiting = all(mine).acquireAsync(HOLD);
            await().atMost(SOON)
                    .until(() -> other.lock()
                            .tryAcquire(names.get(1), TTL)
                            .map(LockHandle::unlock)
                            .isEmpty());
            CompletableFuture<LockHandle> later =
                    another().lock().readWrite(names.get(0)).read().acquireAsync(options());
            assertThat(waiting).isNotDone();
            reader.close();
            MultiLockHandle held = heldLocks(waiting);
            assertThat(later).isNotDone();
            held.close();
            granted(later).close();
        }

        private LockHandle read(Coordinator coordinator) {
            return result(coordinator.lock().readWrite(names.get(0)).read().acquireAsync(options()));
        }

        @Test
        void areTakenFromWhoRetainsOne() throws InterruptedException {
            LockOptions retaining =
                    options().toBuilder().retain(Duration.ofSeconds(30)).build();
            result(other.lock().acquireAsync(names.get(0), retaining)).unlock();
            heldLocks(all(mine).acquireAsync(HOLD)).unlock();
            result(other.lock().acquireAsync(names.get(0), retaining)).unlock();
            await().atMost(SOON)
                    .until(() -> all(mine)
                            .tryAcquire(HOLD)
                            .map(MultiLockHandle::unlock)
                            .orElse(false));
        }

        @Test
        void ofManyThreadsMakeProgressWithOverlappingSets() throws Exception {
            List<Coordinator> coordinators = List.of(mine, other, another());
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Coordinator coordinator = coordinators.get(thread % coordinators.size());
                Random random = new Random(thread);
                done.add(threads.submit(() -> count(coordinator, random)));
            }
            int counted = 0;
            for (Future<?> each : done) {
                counted += (Integer) each.get(40, TimeUnit.SECONDS);
            }
            threads.shutdown();
            assertThat(unguarded.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(counted);
        }

        private int count(Coordinator coordinator, Random random) throws InterruptedException {
            int counted = 0;
            for (int round = 0; round < ROUNDS; round++) {
                List<String> some = new ArrayList<>(names);
                Collections.shuffle(some, random);
                some = some.subList(0, 1 + random.nextInt(names.size()));
                try (MultiLockHandle held = coordinator.lock().multi(some).acquire(HOLD)) {
                    for (String each : some) {
                        // Read and written in two steps: only the lock keeps others from doing so in between.
                        int before = unguarded.getOrDefault(each, 0);
                        assertThat(held.fencingToken(each)).isGreaterThan(lastTokens.getOrDefault(each, 0L));
                        lastTokens.put(each, held.fencingToken(each));
                        unguarded.put(each, before + 1);
                        counted++;
                    }
                }
            }
            return counted;
        }

        @Test
        void areLeftByWhoGivesUp() throws InterruptedException {
            LockHandle second = takeOne(other, 1);
            all(mine).acquireAsync(HOLD).cancel(false);
            HoldOptions limited =
                    HOLD.toBuilder().waitTime(Duration.ofMillis(200)).build();
            assertThat(all(mine).tryAcquire(limited)).isEmpty();
            assertFails(ErrorCode.TIMEOUT_ERROR, () -> all(mine).acquire(limited));
            BlockedCall<MultiLockHandle> blocked =
                    new BlockedCall<>(() -> all(mine).acquire(HOLD));
            blocked.interrupt();
            assertThat(blocked.failure()).isInstanceOf(InterruptedException.class);
            second.unlock();
            heldLocks(all(other).acquireAsync(HOLD)).close();
        }

        @Test
        void areReleasedWithTheirCoordinator() {
            MultiLockHandle held = heldLocks(all(mine).acquireAsync(HOLD));
            CompletableFuture<MultiLockHandle> waiting = all(other).acquireAsync(HOLD);
            mine.close();
            assertThat(held.isHeld()).isFalse();
            assertThat(result(held.lost().toCompletableFuture()).reason()).isEqualTo(LockLostReason.CLOSED);
            heldLocks(waiting).close();
            assertFails(ErrorCode.CLOSED, () -> all(mine));
        }

        @Test
        void endAfterTheLongestHold() {
            HoldOptions brief = HOLD.toBuilder().maxHold(Duration.ofMillis(300)).build();
            MultiLockHandle held = heldLocks(all(mine).acquireAsync(brief));
            heldLocks(all(other).acquireAsync(HOLD)).close();
            assertThat(held.isHeld()).isFalse();
            assertThat(result(held.lost().toCompletableFuture()).reason()).isEqualTo(LockLostReason.MAX_HOLD);
        }

        @Test
        void areAtMostForty() {
            List<String> forty =
                    IntStream.range(0, 40).mapToObj(i -> name + "-" + i).toList();
            assertThat(heldLocks(mine.lock().multi(forty).acquireAsync(HOLD)).unlock())
                    .isTrue();
            List<String> more = new ArrayList<>(forty);
            more.add(name);
            assertRefused(() -> mine.lock().multi(more), "keys");
        }

        @Test
        @SuppressWarnings("NullAway") // what happens to null is the question here
        void mustBeGoodNamesAndNoneTwice() {
            Collection<String> none = null;
            assertRefused(() -> mine.lock().multi(none), "keys");
            assertRefused(() -> mine.lock().multi(List.of()), "keys");
            assertRefused(() -> mine.lock().multi(List.of(name, " ")), "keys");
            assertRefused(() -> mine.lock().multi(Arrays.asList(name, null)), "keys");
            assertRefused(() -> mine.lock().multi(List.of(name, name)), "keys");
            assertRefused(() -> all(mine).acquire(null), "options");
            assertFails(ErrorCode.VALIDATION_ERROR, all(mine).tryAcquireAsync(null));
            MultiLockHandle held = heldLocks(all(mine).acquireAsync(HOLD));
            assertRefused(() -> held.fencingToken(name), "key");
        }

        private void assertRefused(ThrowingCallable call, String parameter) {
            assertThatThrownBy(call)
                    .satisfies(hasCode(ErrorCode.VALIDATION_ERROR))
                    .hasMessageContaining(parameter);
        }
    }
}

package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinatorOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.memory.MemoryStore;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.TimeSource;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Two processes, many threads, the system's clock: what the lock guards is not thread-safe by itself. */
@Timeout(60)
class ThreadsTest {

    private static final int THREADS = 8;
    private static final int ROUNDS = 250;
    private static final LockOptions OPTIONS = LockOptions.ofTtl(Duration.ofSeconds(10));

    private final TimeSource time = TimeSource.system("locks-test");
    private final MemoryStore memory = MemoryStore.create(time);
    private final Keys keys = Keys.ofNamespace("test");
    private final ExecutorService callbacks = Executors.newFixedThreadPool(2);
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<Sessions> sessions = new ArrayList<>();
    private final List<QueueLocks> processes = List.of(process(), process());

    private int unguarded;
    private long lastToken;

    private QueueLocks process() {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:test")
                .namespace("test")
                .build();
        Environment env = new Environment(
                memory.connect(), keys, time, callbacks, options, LoggerFactory.getLogger("coordination"));
        Sessions mine = new Sessions(env, "locks");
        sessions.add(mine);
        return new QueueLocks(env, mine);
    }

    @AfterEach
    void close() throws Exception {
        for (QueueLocks process : processes) {
            process.closeAsync().get(5, TimeUnit.SECONDS);
        }
        for (Sessions mine : sessions) {
            mine.closeAsync().get(5, TimeUnit.SECONDS);
        }
        assertThat(memory.range(RangeQuery.prefix(keys.namespacePrefix()))
                        .join()
                        .entries())
                .isEmpty();
        threads.shutdownNow();
        callbacks.shutdownNow();
        time.close();
    }

    private void work(LockHandle held) {
        assertThat(held.isHeld()).isTrue();
        assertThat(held.fencingToken()).isGreaterThan(lastToken);
        lastToken = held.fencingToken();
        unguarded++;
    }

    private interface Turn {
        /** How often the lock was held. */
        int take(QueueLocks locks) throws Exception;
    }

    private int inAllThreads(Turn turn) throws Exception {
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            QueueLocks locks = processes.get(i % processes.size());
            results.add(threads.submit(() -> {
                int held = 0;
                for (int round = 0; round < ROUNDS; round++) {
                    held += turn.take(locks);
                }
                return held;
            }));
        }
        int total = 0;
        for (Future<Integer> result : results) {
            total += result.get();
        }
        return total;
    }

    @Test
    void eightThreadsInTwoProcessesCountExactly() throws Exception {
        inAllThreads(locks -> {
            try (LockHandle held = locks.acquire("counter", OPTIONS)) {
                work(held);
            }
            return 1;
        });
        assertThat(unguarded).isEqualTo(THREADS * ROUNDS);
    }

    @Test
    void triesTimeoutsAndInterruptsInBetweenDoNotMiscount() throws Exception {
        int held = inAllThreads(locks -> {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            return switch (random.nextInt(4)) {
                case 0 -> worked(locks.tryAcquire("counter", OPTIONS.ttl()));
                case 1 -> worked(locks.tryAcquire("counter", waiting(random.nextInt(3))));
                case 2 -> interrupted(locks);
                default -> worked(Optional.of(locks.acquire("counter", OPTIONS)));
            };
        });
        assertThat(unguarded).isEqualTo(held).isPositive();
    }

    private static LockOptions waiting(int millis) {
        return OPTIONS.toBuilder().waitTime(Duration.ofMillis(millis)).build();
    }

    private int worked(Optional<LockHandle> taken) {
        taken.ifPresent(held -> {
            work(held);
            assertThat(held.unlock()).isTrue();
        });
        return taken.isPresent() ? 1 : 0;
    }

    private int interrupted(QueueLocks locks) {
        Thread.currentThread().interrupt();
        try {
            return worked(Optional.of(locks.acquire("counter", OPTIONS)));
        } catch (InterruptedException expected) {
            return 0;
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void cancelledFuturesLeaveTheLockToTheOthers() throws Exception {
        AtomicInteger cancelled = new AtomicInteger();
        inAllThreads(locks -> {
            CompletableFuture<LockHandle> asked = locks.acquireAsync("counter", OPTIONS);
            if (asked.cancel(false)) {
                cancelled.incrementAndGet();
                return 0;
            }
            asked.join().close();
            return 1;
        });
        assertThat(processes.get(0).tryAcquire("counter", waiting(5_000))).hasValueSatisfying(LockHandle::close);
        assertThat(cancelled).hasPositiveValue();
    }

    @Test
    void manyLocksInManyThreadsDoNotDisturbEachOther() throws Exception {
        int[] counters = new int[4];
        inAllThreads(locks -> {
            int lock = ThreadLocalRandom.current().nextInt(counters.length);
            try (LockHandle held = locks.acquire("counter-" + lock, OPTIONS)) {
                assertThat(held.key()).endsWith("-" + lock);
                counters[lock]++;
            }
            return 1;
        });
        assertThat(IntStream.of(counters).sum()).isEqualTo(THREADS * ROUNDS);
    }
}

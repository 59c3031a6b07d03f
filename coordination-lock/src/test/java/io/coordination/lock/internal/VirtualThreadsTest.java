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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Ten thousand callers on a hundred locks: virtual threads, all waiting at once, where the JDK has them; elsewhere as many as a
 * pool of two hundred has threads for.
 */
@Timeout(120)
class VirtualThreadsTest {

    private static final int CALLERS = 10_000;
    private static final int LOCKS = 100;
    private static final int POOL = 200;
    private static final int VIRTUAL_SINCE = 21;
    private static final LockOptions OPTIONS =
            LockOptions.builder().ttl(Duration.ofSeconds(30)).build();

    private final TimeSource time = TimeSource.system("locks-test");
    private final MemoryStore memory = MemoryStore.create(time);
    private final Keys keys = Keys.ofNamespace("test");
    private final ExecutorService callbacks = Executors.newFixedThreadPool(2);
    private final ExecutorService callers = callers();
    private final Sessions sessions;
    private final QueueLocks locks;
    private final int[] unguarded = new int[LOCKS];
    private final long[] lastToken = new long[LOCKS];

    VirtualThreadsTest() {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:test")
                .namespace("test")
                .build();
        Environment env = new Environment(
                memory.connect(), keys, time, callbacks, options, LoggerFactory.getLogger("coordination"));
        sessions = new Sessions(env, "locks");
        locks = new QueueLocks(env, sessions);
    }

    private static ExecutorService callers() {
        if (Runtime.version().feature() < VIRTUAL_SINCE) {
            return Executors.newFixedThreadPool(POOL);
        }
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @AfterEach
    void close() throws Exception {
        callers.shutdownNow();
        locks.closeAsync().get(5, TimeUnit.SECONDS);
        sessions.closeAsync().get(5, TimeUnit.SECONDS);
        callbacks.shutdownNow();
        assertThat(memory.range(RangeQuery.prefix(keys.namespacePrefix()))
                        .join()
                        .entries())
                .isEmpty();
        time.close();
    }

    @Test
    void tenThousandCallersShareAHundredLocks() throws Exception {
        List<LockHandle> held = new ArrayList<>();
        for (int lock = 0; lock < LOCKS; lock++) {
            held.add(locks.acquire(name(lock), OPTIONS));
        }
        List<Future<?>> turns = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int lock = caller % LOCKS;
            turns.add(callers.submit(() -> turn(lock)));
        }
        held.forEach(LockHandle::close);
        for (Future<?> turn : turns) {
            turn.get(60, TimeUnit.SECONDS);
        }
        assertThat(unguarded).containsOnly(CALLERS / LOCKS);
    }

    private static String name(int lock) {
        return "lock-" + lock;
    }

    private Void turn(int lock) throws InterruptedException {
        try (LockHandle held = locks.acquire(name(lock), OPTIONS)) {
            assertThat(held.isHeld()).isTrue();
            assertThat(held.fencingToken()).isGreaterThan(lastToken[lock]);
            lastToken[lock] = held.fencingToken();
            unguarded[lock]++;
        }
        return null;
    }
}

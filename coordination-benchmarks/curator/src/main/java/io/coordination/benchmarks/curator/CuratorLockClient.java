package io.coordination.benchmarks.curator;

import io.coordination.benchmarks.LockClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.retry.ExponentialBackoffRetry;

/**
 * {@link LockClient} on Curator with the default options but for the session's timeout. It has no locks without threads: calls
 * in flight are so many threads.
 */
final class CuratorLockClient implements LockClient, LockClient.ReadWrite {

    private static final int IN_FLIGHT = 64;

    private final CuratorFramework curator;
    private final Map<String, InterProcessMutex> mutexes = new ConcurrentHashMap<>();
    private final Map<String, InterProcessReadWriteLock> readWriteLocks = new ConcurrentHashMap<>();
    private final ExecutorService threads;

    CuratorLockClient(String address, Duration ttl) {
        threads = Executors.newFixedThreadPool(IN_FLIGHT, task -> {
            Thread thread = new Thread(task, "in-flight");
            thread.setDaemon(true);
            return thread;
        });
        curator = CuratorFrameworkFactory.builder()
                .connectString(address)
                .sessionTimeoutMs((int) ttl.toMillis())
                .retryPolicy(new ExponentialBackoffRetry(100, 5))
                .build();
        curator.start();
    }

    @Override
    public Held acquire(String lock) {
        return acquired(mutex(lock));
    }

    /** A mutex that is used for many cycles is kept, as an application would. */
    private InterProcessMutex mutex(String lock) {
        return mutexes.computeIfAbsent(lock, name -> new InterProcessMutex(curator, "/locks/" + name));
    }

    @Override
    public Held read(String lock) {
        return acquired(readWrite(lock).readLock());
    }

    @Override
    public Held write(String lock) {
        return acquired(readWrite(lock).writeLock());
    }

    private InterProcessReadWriteLock readWrite(String lock) {
        return readWriteLocks.computeIfAbsent(
                lock, name -> new InterProcessReadWriteLock(curator, "/read-write/" + name));
    }

    private static Held acquired(InterProcessLock lock) {
        call(lock::acquire);
        return () -> call(lock::release);
    }

    @Override
    public CompletableFuture<?> cycle(String lock) {
        return CompletableFuture.runAsync(() -> acquire(lock).release(), threads);
    }

    /** What throws exceptions of any kind. */
    private interface Call {
        void run() throws Exception;
    }

    private static void call(Call call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Curator failed: " + e, e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        curator.close();
    }
}

package io.coordination.benchmarks.ours;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.benchmarks.LockClient;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** {@link LockClient} on a coordinator with default options. */
final class OursLockClient implements LockClient, LockClient.ReadWrite {

    private final Coordinator coordinator;
    private final LockOptions options;
    private final Consumer<LockHandle> release;

    /**
     * Connects.
     *
     * @param release how a lock is released
     */
    OursLockClient(CoordinatorOptions options, Duration ttl, Consumer<LockHandle> release) {
        this.coordinator = Coordination.connect(options);
        this.options = LockOptions.ofTtl(ttl);
        this.release = release;
    }

    @Override
    public Held acquire(String lock) {
        return held(() -> coordinator.lock().acquire(lock, options));
    }

    @Override
    public Held read(String lock) {
        return held(() -> coordinator.lock().readWrite(lock).read().acquire(options));
    }

    @Override
    public Held write(String lock) {
        return held(() -> coordinator.lock().readWrite(lock).write().acquire(options));
    }

    /** A call that waits for a lock. */
    private interface Acquire {
        LockHandle run() throws InterruptedException;
    }

    private Held held(Acquire acquire) {
        try {
            LockHandle handle = acquire.run();
            return () -> release.accept(handle);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a lock", e);
        }
    }

    @Override
    public CompletableFuture<?> cycle(String lock) {
        return coordinator.lock().acquireAsync(lock, options).thenAccept(release);
    }

    @Override
    public void close() {
        coordinator.close();
    }
}

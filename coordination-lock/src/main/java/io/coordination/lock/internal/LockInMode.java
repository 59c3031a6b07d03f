package io.coordination.lock.internal;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.NamedLock;
import io.coordination.lock.internal.queue.PlaceMode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A lock of a name in one mode.
 *
 * @param locks what it is a lock of
 * @param key the name
 * @param mode exclusive or shared
 */
record LockInMode(QueueLocks locks, String key, PlaceMode mode) implements NamedLock {

    @Override
    public LockHandle acquire(Duration ttl) throws InterruptedException {
        return locks.acquire(key, LockOptions.ofTtl(ttl), mode);
    }

    @Override
    public LockHandle acquire(LockOptions options) throws InterruptedException {
        return locks.acquire(key, options, mode);
    }

    @Override
    public Optional<LockHandle> tryAcquire(Duration ttl) {
        return locks.tryOnce(key, LockOptions.ofTtl(ttl), mode);
    }

    @Override
    public Optional<LockHandle> tryAcquire(LockOptions options) throws InterruptedException {
        return locks.tryAcquire(key, options, mode);
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(LockOptions options) {
        return locks.acquireAsync(key, options, mode);
    }

    @Override
    public CompletableFuture<Optional<LockHandle>> tryAcquireAsync(LockOptions options) {
        return locks.tryAcquireAsync(key, options, mode);
    }
}

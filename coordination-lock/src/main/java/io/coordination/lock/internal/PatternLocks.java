package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockTask;
import io.coordination.lock.LockTemplate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Locks named by a pattern. Thread-safe. */
final class PatternLocks implements LockTemplate {

    private final DistributedLock locks;
    private final KeyPattern pattern;
    private final LockOptions options;

    PatternLocks(DistributedLock locks, KeyPattern pattern, LockOptions options) {
        this.locks = locks;
        this.pattern = pattern;
        this.options = options;
    }

    @Override
    public String pattern() {
        return pattern.toString();
    }

    @Override
    public List<String> placeholders() {
        return pattern.placeholders();
    }

    @Override
    public String key(Map<String, ?> values) {
        return pattern.keyOf(values);
    }

    @Override
    public LockHandle acquire(Map<String, ?> values) throws InterruptedException {
        return locks.acquire(key(values), options);
    }

    @Override
    public Optional<LockHandle> tryAcquire(Map<String, ?> values) throws InterruptedException {
        return locks.tryAcquire(key(values), options);
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(Map<String, ?> values) {
        try {
            return locks.acquireAsync(key(values), options);
        } catch (CoordinationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public <T, X extends Exception> T withLock(Map<String, ?> values, LockTask<T, X> task)
            throws X, InterruptedException {
        return locks.withLock(key(values), options, task);
    }
}

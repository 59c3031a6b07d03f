package io.coordination.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One lock by its name and in one mode: what {@link DistributedLock} does, without the name.
 *
 * <p>Thread-safe, holds no resources, and costs nothing to make: keep it or make it anew. Names, options, failures, waiting,
 * outages and cancellation are as described at {@link DistributedLock}.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface NamedLock {
    /**
     * The name of the lock.
     *
     * @return the name as it was given
     */
    String key();

    /**
     * Waits for the lock without limit and takes it.
     *
     * @param ttl how long a dead holder blocks others, 2 s to 24 h, rounded up to seconds
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException as {@link DistributedLock#acquire(String, Duration)}
     */
    LockHandle acquire(Duration ttl) throws InterruptedException;

    /**
     * Waits for the lock and takes it.
     *
     * @param options TTL and so on; without {@link LockOptions#waitTime()} there is no limit
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time ended before
     * @throws io.coordination.CoordinationException as {@link DistributedLock#acquire(String, LockOptions)}
     */
    LockHandle acquire(LockOptions options) throws InterruptedException;

    /**
     * Takes the lock if that is possible now, without waiting for holders. Blocks at most for the request timeout; an interrupt
     * ends it with {@code CANCELLED}.
     *
     * @param ttl how long a dead holder blocks others, 2 s to 24 h, rounded up to seconds
     * @return the held lock, or empty when somebody holds it, or waits for it, who keeps this request from it
     * @throws io.coordination.CoordinationException as {@link DistributedLock#tryAcquire(String, Duration)}
     */
    Optional<LockHandle> tryAcquire(Duration ttl);

    /**
     * Takes the lock if that becomes possible within the wait time.
     *
     * @param options TTL and so on; without {@link LockOptions#waitTime()}, or with zero, there is one attempt
     * @return the held lock, or empty when the wait time ended before
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException as {@link DistributedLock#tryAcquire(String, LockOptions)}
     */
    Optional<LockHandle> tryAcquire(LockOptions options) throws InterruptedException;

    /**
     * {@link #acquire(LockOptions)} without blocking; cancellation as for
     * {@link DistributedLock#acquireAsync(String, LockOptions)}.
     *
     * @param options TTL and so on
     * @return a future of the held lock
     */
    CompletableFuture<LockHandle> acquireAsync(LockOptions options);

    /**
     * {@link #tryAcquire(LockOptions)} without blocking; cancellation as for
     * {@link DistributedLock#acquireAsync(String, LockOptions)}.
     *
     * @param options TTL and so on
     * @return a future of the held lock, or of empty when the wait time ended before
     */
    CompletableFuture<Optional<LockHandle>> tryAcquireAsync(LockOptions options);
}

package io.coordination.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The locks of a coordinator: at most one owner per name among all processes of the namespace, in the order in which they
 * asked.
 *
 * <pre>{@code
 * try (LockHandle lock = locks.acquire("orders/42", Duration.ofSeconds(30))) {
 *     ship(lock.fencingToken());
 * }
 * }</pre>
 *
 * <p>A lock renews itself while it is held, unless {@link LockOptions#fixedTtl()}. Locks are not reentrant: a thread that asks
 * for a lock that it holds waits for itself. A handle belongs to no thread; any thread may release it.
 *
 * <p><b>Names</b> are one segment: not blank, no control characters, no white space at the ends, at most 512 bytes in UTF-8.
 * {@code /} is a character like any other, so {@code a} and {@code a/b} are unrelated.
 *
 * <p><b>Leaving the queue</b>: a wait that ends by time, interrupt, cancellation or failure leaves no key behind.
 *
 * <p><b>Outages</b>: a wait rides out interruptions of the connection that are shorter than the TTL. After a longer one it
 * queues again, at the end.
 *
 * <p>Thread-safe. Every method throws a {@link io.coordination.CoordinationException}: {@code VALIDATION_ERROR} for a bad name
 * or TTL, {@code CONNECTION_ERROR}, {@code SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when the server cannot be asked,
 * {@code CLOSED} after the coordinator was closed, also while waiting. The asynchronous forms throw only
 * {@code VALIDATION_ERROR} and {@code CLOSED} directly or through the future, and everything else through the future.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface DistributedLock {
    /**
     * Waits for a lock without limit and takes it.
     *
     * @param key the name of the lock
     * @param ttl how long a dead holder blocks others, 2 s to 24 h, rounded up to seconds
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    LockHandle acquire(String key, Duration ttl) throws InterruptedException;

    /**
     * Waits for a lock and takes it.
     *
     * @param key the name of the lock
     * @param options TTL and so on; without {@link LockOptions#waitTime()} there is no limit
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time ended before
     * @throws io.coordination.CoordinationException for the reasons above
     */
    LockHandle acquire(String key, LockOptions options) throws InterruptedException;

    /**
     * Takes a lock if it is free now: one request to the server, which writes nothing when the lock is not free. Blocks at most
     * for the request timeout and does not wait for the holder. An interrupt ends it with {@code CANCELLED}.
     *
     * @param key the name of the lock
     * @param ttl how long a dead holder blocks others, 2 s to 24 h, rounded up to seconds
     * @return the held lock, or empty when somebody holds it or waits for it
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<LockHandle> tryAcquire(String key, Duration ttl);

    /**
     * Takes a lock if it becomes free within the wait time.
     *
     * @param key the name of the lock
     * @param options TTL and so on; without {@link LockOptions#waitTime()}, or with zero, there is one attempt as in
     *     {@link #tryAcquire(String, Duration)}
     * @return the held lock, or empty when the wait time ended before
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<LockHandle> tryAcquire(String key, LockOptions options) throws InterruptedException;

    /**
     * {@link #acquire(String, LockOptions)} without blocking. Whoever completes the future ({@code cancel}, {@code orTimeout},
     * {@code complete}) leaves the queue, and a lock that is granted afterwards is released at once. Dependents run on the
     * callback executor.
     *
     * @param key the name of the lock
     * @param options TTL and so on
     * @return a future of the held lock
     */
    CompletableFuture<LockHandle> acquireAsync(String key, LockOptions options);

    /**
     * {@link #tryAcquire(String, LockOptions)} without blocking; cancellation as for
     * {@link #acquireAsync(String, LockOptions)}.
     *
     * @param key the name of the lock
     * @param options TTL and so on
     * @return a future of the held lock, or of empty when the wait time ended before
     */
    CompletableFuture<Optional<LockHandle>> tryAcquireAsync(String key, LockOptions options);
}

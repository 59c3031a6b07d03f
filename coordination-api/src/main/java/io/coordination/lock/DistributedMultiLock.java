package io.coordination.lock;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Several locks as one: held when all of them are, waited for together, released together. Each of them is the lock that {@link
 * DistributedLock} has under its name, so multi-locks and single locks exclude each other.
 *
 * <pre>{@code
 * try (MultiLockHandle held = locks.multi(List.of("account/1", "account/2")).acquire(HoldOptions.defaults())) {
 *     transfer(held.fencingToken("account/1"), held.fencingToken("account/2"));
 * }
 * }</pre>
 *
 * <p><b>No deadlock among multi-locks</b>: all queues are joined in one transaction, so of two multi-locks the same one is first in
 * every queue that they share, in whatever order their names are given. Somebody who holds a lock and then waits for another
 * one can still deadlock, here as with single locks: take all that is needed at once.
 *
 * <p><b>The price</b> of waiting: a multi-lock keeps its place in every queue until it is first in all of them, so whoever queues behind
 * it waits for the slowest.
 *
 * <p>Not reentrant: whoever holds one of the locks and asks for it again, in whatever way, waits for himself. Multi-locks follow the
 * rules of {@link DistributedLock}, those for outages and leaving the queue included.
 *
 * <p>Thread-safe. Every method throws a {@link io.coordination.CoordinationException}: {@code CONNECTION_ERROR}, {@code
 * SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when the server cannot be asked; {@code CLOSED} after the coordinator was closed,
 * also while waiting; {@code VALIDATION_ERROR} for missing options.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface DistributedMultiLock {
    /**
     * The names of the locks.
     *
     * @return as they were given; unmodifiable
     */
    List<String> keys();

    /**
     * Waits for all locks and takes them.
     *
     * @param options TTL and so on; without {@link HoldOptions#waitTime()} there is no limit
     * @return the held locks
     * @throws InterruptedException when interrupted before they were taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time ended before
     * @throws io.coordination.CoordinationException for the reasons above
     */
    MultiLockHandle acquire(HoldOptions options) throws InterruptedException;

    /**
     * Takes the locks if all of them become free within the wait time. One attempt writes nothing unless all are free.
     *
     * @param options TTL and so on; without {@link HoldOptions#waitTime()}, or with zero, there is one attempt
     * @return the held locks, or empty when the wait time ended before
     * @throws InterruptedException when interrupted before they were taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<MultiLockHandle> tryAcquire(HoldOptions options) throws InterruptedException;

    /**
     * {@link #acquire} without blocking. Whoever completes the future leaves the queues, and locks that are granted afterwards are
     * released at once. Dependents run on the callback executor.
     *
     * @param options TTL and so on
     * @return a future of the held locks
     */
    CompletableFuture<MultiLockHandle> acquireAsync(HoldOptions options);

    /**
     * {@link #tryAcquire} without blocking; cancellation as for {@link #acquireAsync}.
     *
     * @param options TTL and so on
     * @return a future of the held locks, or of empty when the wait time ended before
     */
    CompletableFuture<Optional<MultiLockHandle>> tryAcquireAsync(HoldOptions options);
}

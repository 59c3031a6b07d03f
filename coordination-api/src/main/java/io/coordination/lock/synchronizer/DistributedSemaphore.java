package io.coordination.lock.synchronizer;

import io.coordination.lock.DistributedLock;
import io.coordination.lock.HoldOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A number of permits that all processes of the namespace share: who holds one may go on, and when all are taken others wait, in the
 * order in which they asked.
 *
 * <pre>{@code
 * DistributedSemaphore licences = locks.semaphore("licences", 20);
 * try (Permits held = licences.acquire(2)) {
 *     render();
 * }
 * }</pre>
 *
 * <p><b>The limit</b> is stored beside the permits by whoever comes first, and everybody must name the same: a semaphore that asks
 * for another one than is stored is refused with {@code CONFLICT}, at its first use. {@link #changeLimit} changes it for all, also
 * for those that agreed on the former one.
 *
 * <p><b>Order</b>: strictly first come, first served. A request for many permits at the head holds up smaller ones behind it, so that
 * it is served at all. Requests of one process are served like those of many; a permit is not handed on within the process.
 *
 * <p>Permits renew themselves while they are held. Holders are not told apart by their place, so permits have no fencing token. A
 * semaphore follows the rules of {@link DistributedLock}, those for names, outages and leaving the queue included; a lock and a
 * semaphore of one name exclude each other, so give them different names.
 *
 * <p>Thread-safe. Every method throws a {@link io.coordination.CoordinationException}: {@code VALIDATION_ERROR} for a bad argument,
 * and for more permits than the limit; {@code CONFLICT} as above; {@code CONNECTION_ERROR}, {@code SERVICE_UNAVAILABLE} or {@code
 * PERMISSION_DENIED} when the server cannot be asked; {@code CLOSED} after the coordinator was closed, also while waiting.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface DistributedSemaphore {
    /**
     * The name of the semaphore.
     *
     * @return the name as it was given
     */
    String key();

    /**
     * Waits for permits without limit and takes them, with the default options.
     *
     * @param permits how many, at least 1
     * @return the held permits
     * @throws InterruptedException when interrupted before they were taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Permits acquire(int permits) throws InterruptedException;

    /**
     * Waits for permits and takes them.
     *
     * @param permits how many, at least 1
     * @param options TTL and so on; without {@link HoldOptions#waitTime()} there is no limit
     * @return the held permits
     * @throws InterruptedException when interrupted before they were taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time ended before
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Permits acquire(int permits, HoldOptions options) throws InterruptedException;

    /**
     * Takes permits if that many are available now, with the default options. Writes nothing otherwise. Blocks at most for the request
     * timeout; an interrupt ends it with {@code CANCELLED}.
     *
     * @param permits how many, at least 1
     * @return the held permits, or empty when too few are available
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<Permits> tryAcquire(int permits);

    /**
     * Takes permits if they become available within the wait time.
     *
     * @param permits how many, at least 1
     * @param options TTL and so on; without {@link HoldOptions#waitTime()}, or with zero, there is one attempt
     * @return the held permits, or empty when the wait time ended before
     * @throws InterruptedException when interrupted before they were taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<Permits> tryAcquire(int permits, HoldOptions options) throws InterruptedException;

    /**
     * {@link #acquire(int, HoldOptions)} without blocking. Whoever completes the future leaves the queue, and permits that are
     * granted afterwards are released at once. Dependents run on the callback executor.
     *
     * @param permits how many, at least 1
     * @param options TTL and so on
     * @return a future of the held permits
     */
    CompletableFuture<Permits> acquireAsync(int permits, HoldOptions options);

    /**
     * {@link #tryAcquire(int, HoldOptions)} without blocking; cancellation as for {@link #acquireAsync}.
     *
     * @param permits how many, at least 1
     * @param options TTL and so on
     * @return a future of the held permits, or of empty when the wait time ended before
     */
    CompletableFuture<Optional<Permits>> tryAcquireAsync(int permits, HoldOptions options);

    /**
     * Takes all permits that are available now. Blocks at most for the request timeout, or a little longer when others come and go; an
     * interrupt ends it with {@code CANCELLED}.
     *
     * @param options TTL and so on; the wait time does not count here
     * @return the held permits, or empty when none is available
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<Permits> drain(HoldOptions options);

    /**
     * How many permits a request that comes now could get. Asks the server, blocks at most for the request timeout.
     *
     * @return 0 while somebody waits
     * @throws io.coordination.CoordinationException for the reasons above
     */
    int available();

    /**
     * How many permits there are. Asks the server, blocks at most for the request timeout.
     *
     * @return the limit that is stored
     * @throws io.coordination.CoordinationException for the reasons above
     */
    int limit();

    /**
     * Changes how many permits there are, for everybody. More are given to those who wait, in their order. Fewer take nothing from
     * those who hold permits, so for a while more may be held than there are; whoever waits for more than the new limit is refused
     * with {@code VALIDATION_ERROR}. Blocks at most for the request timeout.
     *
     * @param limit 1 to 1,000,000,000
     * @throws io.coordination.ConflictException when somebody else changed it at the same time; nothing was changed by this call
     * @throws io.coordination.CoordinationException for the reasons above
     */
    void changeLimit(int limit);

    /**
     * Who holds permits, in the order in which they asked. After {@link #changeLimit} to fewer, those who hold more than there are
     * now are not in it. Asks the server, blocks at most for the request timeout.
     *
     * @return an unmodifiable list
     * @throws io.coordination.CoordinationException for the reasons above
     */
    List<PermitHolder> holders();
}

package io.coordination.lock.admin;

import io.coordination.lock.LockListener;
import io.coordination.lock.LockLostReason;
import java.util.List;

/**
 * What an operator wants to know about locks, and two ways to get a lock back: asking for it, and taking it. Works for all
 * locks of the namespace, whichever process they belong to; from a module's coordinator, for the locks of that module.
 *
 * <p>Thread-safe. Every method asks the server, blocks at most for the request timeout, and throws a
 * {@link io.coordination.CoordinationException}: {@code VALIDATION_ERROR} for a bad argument, {@code CONNECTION_ERROR},
 * {@code SERVICE_UNAVAILABLE}, {@code TIMEOUT_ERROR} or {@code PERMISSION_DENIED} when the server cannot be asked,
 * {@code CANCELLED} when interrupted, {@code CLOSED} after the coordinator was closed.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface LockAdmin {
    /**
     * Reads who holds a lock, who waits for it and in which order: one revision of the store, nothing is written.
     *
     * <p>For a semaphore whose limit was lowered, places that were granted before may be counted among the waiters: the queue
     * does not say when a place was granted.
     *
     * @param key the name of the lock
     * @return holders and waiters; both empty when nobody wants the lock
     * @throws io.coordination.CoordinationException for the reasons above
     */
    LockQueueState queue(String key);

    /**
     * Reads which locks are held or waited for.
     *
     * @return their names, sorted
     * @throws io.coordination.CoordinationException for the reasons above
     */
    List<String> names();

    /**
     * Asks the process of a place politely to release its lock. Whoever holds the lock by that place hears of it through
     * {@link LockListener#revocationRequested}; without such a listener nothing happens. A place that only waits ignores it.
     *
     * @param key the name of the lock
     * @param place a holder, as {@link #queue} told it
     * @param reason what the holder is told, 1 to 128 characters; not a secret
     * @return true when the request was delivered to the process; false when the place is gone
     * @throws io.coordination.CoordinationException for the reasons above; without an answer the outcome is unknown
     */
    boolean requestRevocation(String key, LockPlace place, String reason);

    /**
     * Takes a place out of the queue, whatever its process does: <b>the next owner may begin while the present one still
     * works</b>. Between this call and the moment the process hears of it, usually a few milliseconds and at most until its
     * TTL has passed, both say that they hold the lock. Only resources that check fencing tokens are protected; the tokens
     * still grow. Prefer {@link #requestRevocation}, and use this for a holder that is known to hang.
     *
     * <p>The holder's {@code lost()} completes with {@link LockLostReason#FORCED}; who waits with the place fails with
     * {@code LOCK_LOST}. It is written to the log as a warning, here and by the process that loses its place.
     *
     * @param key the name of the lock
     * @param place a holder or waiter, as {@link #queue} told it; never a later one of the same process
     * @param reason what the log and the process are told, 1 to 128 characters; not a secret
     * @return true when this call took the place away; false when it was gone
     * @throws io.coordination.CoordinationException for the reasons above; without an answer the outcome is unknown
     */
    boolean forceReleaseBreakingExclusion(String key, LockPlace place, String reason);
}

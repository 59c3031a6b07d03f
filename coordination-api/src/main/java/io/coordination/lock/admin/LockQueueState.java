package io.coordination.lock.admin;

import io.coordination.internal.Checks;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who had a lock and who waited for it at one revision of the store.
 *
 * @param key the lock's name
 * @param revision the revision
 * @param holders the places that held it, oldest first: one for an exclusive lock, any number for shared locks and
 *     semaphores
 * @param waiters the places that waited, in the order of the queue
 */
public record LockQueueState(String key, long revision, List<LockPlace> holders, List<LockPlace> waiters) {
    /**
     * Keeps unmodifiable copies of the lists.
     *
     * @param key the lock's name
     * @param revision the revision
     * @param holders the places that held it
     * @param waiters the places that waited
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public LockQueueState {
        Checks.notNull("key", key);
        holders = Checks.copyOf("holders", holders);
        waiters = Checks.copyOf("waiters", waiters);
    }

    /**
     * All places in the order of the queue.
     *
     * @return holders, then waiters
     */
    public List<LockPlace> places() {
        return Stream.concat(holders.stream(), waiters.stream()).toList();
    }
}

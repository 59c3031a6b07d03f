package io.coordination.lock.admin;

import io.coordination.internal.Checks;
import io.coordination.lock.LockOptions;
import java.time.Instant;
import java.util.Optional;

/**
 * A place in the queue of a lock, as {@link LockAdmin} found it. A process has one place for all of its threads that share
 * a lock, and at most one more for those that wait.
 *
 * @param id names the place among all places that a lock ever had
 * @param createRevision the revision of the store that made it: the order of the queue, and the upper bits of its fencing
 *     tokens
 * @param mode what it wants
 * @param permits how many permits it wants or holds; 1 for other locks
 * @param label what the owner called itself with {@link LockOptions.Builder#label}
 * @param since when it joined the queue, by the clock of its process; empty when that cannot be read
 * @param process whose place it is; empty when the process has just ended its session
 */
public record LockPlace(
        String id,
        long createRevision,
        LockMode mode,
        int permits,
        Optional<String> label,
        Optional<Instant> since,
        Optional<LockProcess> process) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param id names the place
     * @param createRevision the revision that made it
     * @param mode what it wants
     * @param permits how many permits
     * @param label what the owner called itself
     * @param since when it joined the queue
     * @param process whose place it is
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public LockPlace {
        Checks.notNull("id", id);
        Checks.notNull("mode", mode);
        Checks.notNull("label", label);
        Checks.notNull("since", since);
        Checks.notNull("process", process);
    }
}

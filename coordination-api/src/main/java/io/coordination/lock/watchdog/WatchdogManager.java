package io.coordination.lock.watchdog;

import java.util.Optional;

/**
 * All watchdogs of one coordinator. A module has its own. Thread-safe; nothing blocks.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface WatchdogManager {
    /**
     * What all watchdogs have seen so far, those that ended included.
     *
     * @return a snapshot
     */
    WatchdogStats stats();

    /**
     * The watchdog of a lock that is held here.
     *
     * @param lockKey the name of the lock
     * @return the one that was started first, when several holds of this lock have one; empty when none runs
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    Optional<Watchdog> find(String lockKey);

    /** Stops every watchdog; see {@link Watchdog#stop()} for what becomes of their locks. */
    void stopAll();
}

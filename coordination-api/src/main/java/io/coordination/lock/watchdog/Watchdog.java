package io.coordination.lock.watchdog;

import io.coordination.lock.LockLostReason;

/**
 * Keeps one hold alive on terms of its own: it looks at regular intervals whether the lease of the lock was renewed since its
 * last look, tells callbacks, and gives the lock up when that failed too often.
 *
 * <p>It sends nothing itself. All watchdogs whose locks share a lease ride on its renewals, which go out as often as the one
 * with the shortest interval needs, at least every third of the TTL and at most every 200 ms.
 *
 * <p>The hold ends {@link WatchdogConfig#extendBy()} after the last acknowledged renewal was sent. So a watchdog that was
 * stopped ends the hold after that time, with {@link LockLostReason#WATCHDOG}, although the lease lives on. Releasing the lock
 * stops its watchdog first.
 *
 * <p>Thread-safe; nothing blocks.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface Watchdog extends AutoCloseable {
    /**
     * The lock that it keeps.
     *
     * @return the name of the lock
     */
    String lockKey();

    /**
     * What it has seen so far.
     *
     * @return a snapshot
     */
    WatchdogStatus status();

    /**
     * Stops it: after this returned no callback of it begins, and the hold ends after {@link WatchdogConfig#extendBy()} unless
     * another watchdog is started. Idempotent, does not block.
     */
    void stop();

    /** The same as {@link #stop()}. */
    @Override
    default void close() {
        stop();
    }
}

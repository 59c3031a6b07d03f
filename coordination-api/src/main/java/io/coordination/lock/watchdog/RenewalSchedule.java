package io.coordination.lock.watchdog;

import java.time.Duration;

/**
 * Says how long a {@link Watchdog} waits between two looks at the renewals of its lock, each time anew: a strategy for
 * intervals that adapt themselves.
 *
 * <p>It is asked after every look, on the callback executor and never concurrently with itself for one watchdog. Until it has
 * answered, the present interval stays. A value outside of 200 ms to half the TTL counts as the nearest of the two. If it
 * throws, or answers {@code null}, the watchdog stops: the hold then ends {@link WatchdogConfig#extendBy()} after the last
 * renewal.
 */
@FunctionalInterface
public interface RenewalSchedule {
    /**
     * The next interval.
     *
     * @param status what the watchdog has seen so far, the last look included
     * @param ttl the TTL of the lease
     * @return how long to wait from the last look to the next
     */
    Duration next(WatchdogStatus status, Duration ttl);

    /**
     * Intervals that are halved after each failure and grow by half after each success, within limits.
     *
     * @param shortest at least 200 ms
     * @param longest at least {@code shortest}
     * @return a strategy without state, equal to others with the same limits
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for other values
     */
    static RenewalSchedule adaptive(Duration shortest, Duration longest) {
        return new AdaptiveSchedule(shortest, longest);
    }
}

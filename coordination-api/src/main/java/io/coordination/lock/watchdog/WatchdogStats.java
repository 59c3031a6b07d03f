package io.coordination.lock.watchdog;

import io.coordination.internal.Checks;
import java.time.Duration;

/**
 * What all watchdogs of a coordinator have seen so far, those that ended included.
 *
 * @param active how many are running now
 * @param total how many looks there were
 * @param successful how many found an acknowledged renewal
 * @param failed how many found none
 * @param averageExtendTime the mean round trip of the renewals that successes rode on; zero before the first
 */
public record WatchdogStats(int active, long total, long successful, long failed, Duration averageExtendTime) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param active how many are running now
     * @param total how many looks there were
     * @param successful how many found an acknowledged renewal
     * @param failed how many found none
     * @param averageExtendTime the mean round trip
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public WatchdogStats {
        Checks.notNull("averageExtendTime", averageExtendTime);
    }
}

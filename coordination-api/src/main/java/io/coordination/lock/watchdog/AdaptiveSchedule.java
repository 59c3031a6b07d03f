package io.coordination.lock.watchdog;

import io.coordination.internal.Checks;
import io.coordination.internal.RenewalTerms;
import java.time.Duration;

/**
 * Looks more often while renewals fail and less often while they succeed.
 *
 * @param shortest the lower limit
 * @param longest the upper limit
 */
record AdaptiveSchedule(Duration shortest, Duration longest) implements RenewalSchedule {

    AdaptiveSchedule {
        Checks.atLeast("shortest", shortest, RenewalTerms.MIN_INTERVAL);
        Checks.atLeast("longest", longest, shortest);
    }

    @Override
    public Duration next(WatchdogStatus status, Duration ttl) {
        Duration present = status.interval();
        Duration wanted = status.consecutiveFailures() > 0 ? present.dividedBy(2) : present.plus(present.dividedBy(2));
        Duration enough = wanted.compareTo(shortest) < 0 ? shortest : wanted;
        return enough.compareTo(longest) > 0 ? longest : enough;
    }
}

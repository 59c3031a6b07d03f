package io.coordination.internal;

import java.time.Duration;
import java.util.Optional;

/**
 * How a hold is prolonged by the renewals of a lease.
 *
 * @param interval the time between two looks at the renewals
 * @param extendBy how long the hold lasts after the last renewal
 * @param ttl the TTL of the lease
 * @param moves whether that is another lease than the present one
 */
public record RenewalTerms(Duration interval, Duration extendBy, Duration ttl, boolean moves) {
    /** The shortest time between two renewals. */
    public static final Duration MIN_INTERVAL = Duration.ofMillis(200);

    private static final long FIXED_MARGIN = Duration.ofMillis(300).toNanos();
    private static final long SHARE_OF_TTL = 20;

    /** By how much a lease is given up before its TTL has passed: 300 ms and 5 % of the TTL. */
    public static long marginNanos(long ttlNanos) {
        return FIXED_MARGIN + ttlNanos / SHARE_OF_TTL;
    }

    /**
     * What is not given comes from the TTL: a third of it, and all of it. A lease that is shared and not shorter than
     * {@code extendBy} serves; otherwise there has to be one of that TTL.
     *
     * @param interval checked: at least 200 ms, at most half the TTL, and shorter than {@code extendBy} less the margin
     * @param extendBy how long the hold is to last after the last renewal
     * @param present the TTL of the present lease
     * @param shared whether others use that lease too, so that it renews itself
     */
    public static RenewalTerms of(
            Optional<Duration> interval, Optional<Duration> extendBy, Duration present, boolean shared) {
        Duration hold = extendBy.orElse(present);
        boolean moves = !shared || hold.compareTo(present) > 0;
        boolean tooShort = hold.compareTo(Checks.MIN_TTL) < 0;
        Duration ttl = moves ? Checks.ttl("extendBy", tooShort ? Checks.MIN_TTL : hold) : present;
        Duration chosen = interval.orElse(ttl.dividedBy(3));
        check(chosen, hold, ttl);
        return new RenewalTerms(chosen, hold, ttl, moves);
    }

    private static void check(Duration interval, Duration extendBy, Duration ttl) {
        Checks.atLeast("interval", interval, MIN_INTERVAL);
        if (interval.multipliedBy(2).compareTo(ttl) > 0) {
            throw Checks.invalid(
                    "interval",
                    interval,
                    "it must be at most half the TTL of the lease, which is " + Durations.text(ttl)
                            + ": otherwise one lost renewal would lose the lock");
        }
        Duration margin = Duration.ofNanos(marginNanos(ttl.toNanos()));
        if (interval.compareTo(extendBy.minus(margin)) >= 0) {
            throw Checks.invalid(
                    "interval",
                    interval,
                    "it must be shorter than extendBy, which is " + Durations.text(extendBy) + ", less a margin of "
                            + Durations.text(margin) + ": otherwise the hold would end before it is prolonged");
        }
    }
}

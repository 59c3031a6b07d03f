package io.coordination.store.session;

import io.coordination.internal.RenewalTerms;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often a lease is renewed: every third of its TTL, or as often as the one needs who rides on it with the shortest
 * interval, but never more often than every 200 ms. Confined to the executor of a session.
 */
final class RenewalPace {

    private static final long SHORTEST = RenewalTerms.MIN_INTERVAL.toNanos();

    private final long third;
    private final TreeMap<Long, Integer> riders = new TreeMap<>(); // how many there are of each interval
    private boolean hasRhythm;
    private long due;

    RenewalPace(Duration ttl) {
        this.third = ttl.toNanos() / 3;
    }

    /** Somebody needs a renewal in each interval; true when that makes them more frequent. */
    boolean add(Duration interval) {
        long before = nanos();
        riders.merge(interval.toNanos(), 1, Integer::sum);
        return nanos() < before;
    }

    /** He needs them no longer. */
    void remove(Duration interval) {
        riders.computeIfPresent(interval.toNanos(), (any, riding) -> riding == 1 ? null : riding - 1);
    }

    /** The longest time between the sending of two renewals. */
    long nanos() {
        long wanted = riders.isEmpty() ? third : Math.min(third, riders.firstKey());
        return Math.max(wanted, SHORTEST);
    }

    /**
     * When the next renewal is due after one that was sent at a moment: three times in a TTL, neither more nor less, once there
     * is a rhythm. A renewal that begins one comes a little early at random, the first one as well as one after an outage, so that many leases
     * do not keep in step. While somebody looks for a renewal in each interval all of them do: of two rhythms that are the same the slower
     * one would miss the other now and then.
     */
    long nextAfter(long sentNanos) {
        long pace = nanos();
        boolean inRhythm = hasRhythm && sentNanos - due >= 0 && sentNanos - due < pace / 10;
        due = sentNanos + (inRhythm && riders.isEmpty() ? pace : early(pace));
        hasRhythm = true;
        return due;
    }

    private static long early(long pace) {
        return Math.max(SHORTEST, pace - ThreadLocalRandom.current().nextLong(pace / 10));
    }
}

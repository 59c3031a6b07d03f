package io.coordination.store.session;

import io.coordination.internal.RenewalTerms;
import java.time.Duration;

/**
 * How long a lease is certainly alive, counted on the monotonic clock from before the last acknowledged renewal was sent,
 * less a margin for the drift between two clocks' rates and for a server that ends leases a little early around a
 * fail-over.
 *
 * <p>Immutable; a later acknowledgement makes a new one. The wall clock only serves to notice that the machine was
 * suspended while the monotonic clock stood still: then nothing is certain until a renewal was acknowledged.
 *
 * @param sentNanos when the acknowledged call was sent, monotonic
 * @param sentWallMillis the same on the wall clock
 * @param ttlNanos the TTL of the answer
 */
record LeaseValidity(long sentNanos, long sentWallMillis, long ttlNanos) {

    private static final long LEAST_JUMP = Duration.ofSeconds(1).toNanos();

    /** When the certainty ends, in monotonic nanoseconds. */
    long deadlineNanos() {
        return sentNanos + ttlNanos - RenewalTerms.marginNanos(ttlNanos);
    }

    /** The one of two acknowledgements that is certain for longer, of equal ones the other; answers may overtake each other. */
    LeaseValidity orLater(LeaseValidity other) {
        return other.deadlineNanos() - deadlineNanos() >= 0 ? other : this;
    }

    /** Whether the wall clock ran ahead of the monotonic clock as it does over a suspend. */
    boolean suspendedBefore(long nowNanos, long nowWallMillis) {
        long wallNanos = (nowWallMillis - sentWallMillis) * 1_000_000;
        return wallNanos - (nowNanos - sentNanos) > Math.max(LEAST_JUMP, ttlNanos / 10);
    }
}

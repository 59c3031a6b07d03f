package io.coordination.etcd;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps retries a small part of all calls, so that a cluster in trouble gets less load and not a multiple of it: one retry
 * for ten calls, and ten a second in any case. What is not used is saved, up to two retries for each call that may be in
 * flight: when a connection breaks, everything under way may be sent again at once.
 *
 * <p>A class of our own, because Resilience4j's {@code RateLimiter} gives out a fixed number of permissions for a period
 * and cannot earn them from calls. Thread-safe; never blocks.
 */
final class RetryBudget {

    private static final long RETRY = 10;
    private static final long PER_CALL = 1;
    private static final Duration FLOOR_PACE = Duration.ofMillis(100);
    private static final int LEAST_SAVINGS = 100;

    private final TimeSource time;
    private final long most;
    private final AtomicLong savings;
    private final AtomicLong refilled;

    RetryBudget(TimeSource time, int maxCallsInFlight) {
        this.time = time;
        this.most = Math.max(LEAST_SAVINGS, 2L * maxCallsInFlight) * RETRY;
        this.savings = new AtomicLong(most);
        this.refilled = new AtomicLong(time.nanoTime());
    }

    /** A call is made, which earns a part of a retry. */
    void earn() {
        // Some too much, when several threads come here at once, do no harm; a full account costs nothing but a look.
        if (savings.get() < most) {
            savings.addAndGet(PER_CALL);
        }
    }

    /** Takes one retry out. False when there is none left. */
    boolean spend() {
        refill();
        while (true) {
            long saved = savings.get();
            if (saved < RETRY) {
                return false;
            }
            if (savings.compareAndSet(saved, saved - RETRY)) {
                return true;
            }
        }
    }

    private void refill() {
        long now = time.nanoTime();
        long last = refilled.get();
        long due = (now - last) / FLOOR_PACE.toNanos();
        if (due > 0 && refilled.compareAndSet(last, last + due * FLOOR_PACE.toNanos())) {
            long gain = Math.min(due * RETRY, most);
            savings.updateAndGet(saved -> Math.min(most, saved + gain));
        }
    }
}

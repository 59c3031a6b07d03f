package io.coordination.testkit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A rule of a {@link FaultyStore}: which calls it takes and what happens to them. Thread-safe. */
public final class FaultRule {

    private final Predicate<StoreCall<?>> matches;
    private final Fault fault;
    private final AtomicInteger remaining;
    private final AtomicInteger hits = new AtomicInteger();

    FaultRule(Predicate<StoreCall<?>> matches, int times, Fault fault) {
        this.matches = matches;
        this.remaining = new AtomicInteger(times);
        this.fault = fault;
    }

    /** Takes a call, if it matches and the rule has not had all its calls. */
    boolean takes(StoreCall<?> call) {
        if (!matches.test(call) || remaining.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            return false;
        }
        hits.incrementAndGet();
        return true;
    }

    Fault fault() {
        return fault;
    }

    /** How many calls it took. */
    public int hits() {
        return hits.get();
    }

    /** Ends the rule: it takes no more calls. Idempotent. */
    public void end() {
        remaining.set(0);
    }
}

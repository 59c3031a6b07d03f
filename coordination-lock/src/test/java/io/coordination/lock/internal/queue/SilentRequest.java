package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that wants nothing but a lock. */
record SilentRequest(PlaceMode mode) implements LocalRequest {

    @Override
    public LeaseClass leaseClass() {
        return new LeaseClass(Duration.ofSeconds(10), false);
    }

    @Override
    public boolean triesOnce() {
        return false;
    }

    @Override
    public @Nullable Object owner() {
        return null;
    }

    @Override
    public int localBatch() {
        return 1;
    }

    @Override
    public long retainNanos() {
        return 0;
    }

    @Override
    public boolean endures(CoordinationException failure) {
        return true;
    }
}

package io.coordination.lock.internal.model;

import io.coordination.CoordinationException;
import io.coordination.lock.internal.queue.LeaseClass;
import io.coordination.lock.internal.queue.LocalRequest;
import io.coordination.lock.internal.queue.PlaceMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request of one thread.
 *
 * @param thread the thread's number in its process
 * @param round how many requests the thread made before
 * @param closes whether it is released in the background
 * @param downgrades whether the thread goes on sharing the lock before it releases it
 */
record Wish(
        int thread,
        int round,
        PlaceMode mode,
        boolean triesOnce,
        int localBatch,
        long retainNanos,
        boolean downgrades,
        boolean patient,
        boolean closes)
        implements LocalRequest, Flattening.Numbered {

    private static final LeaseClass LEASE = new LeaseClass(Duration.ofSeconds(10), false);

    static Wish exclusive() {
        return new Wish(0, 0, PlaceMode.EXCLUSIVE, false, 1, 0, false, true, false);
    }

    static Wish shared() {
        return new Wish(0, 0, PlaceMode.SHARED, false, 1, 0, false, true, false);
    }

    Wish of(int newThread, int newRound) {
        return new Wish(newThread, newRound, mode, triesOnce, localBatch, retainNanos, downgrades, patient, closes);
    }

    Wish tryingOnce() {
        return new Wish(thread, round, mode, true, localBatch, retainNanos, downgrades, patient, closes);
    }

    Wish batch(int holds) {
        return new Wish(thread, round, mode, triesOnce, holds, retainNanos, downgrades, patient, closes);
    }

    Wish retaining() {
        return new Wish(thread, round, mode, triesOnce, localBatch, 1_000_000_000L, downgrades, patient, closes);
    }

    Wish downgrading() {
        return new Wish(thread, round, mode, triesOnce, localBatch, retainNanos, true, patient, closes);
    }

    /** Nobody waits for the release, so that the lock lingers. */
    Wish closing() {
        return new Wish(thread, round, mode, triesOnce, localBatch, retainNanos, downgrades, patient, true);
    }

    /** Fails as soon as the server cannot be asked. */
    Wish impatient() {
        return new Wish(thread, round, mode, triesOnce, localBatch, retainNanos, downgrades, false, closes);
    }

    @Override
    public long identity() {
        return 100L * thread + round;
    }

    @Override
    public LeaseClass leaseClass() {
        return LEASE;
    }

    @Override
    public @Nullable Object owner() {
        return null;
    }

    @Override
    public boolean endures(CoordinationException failure) {
        return patient;
    }

    @Override
    public String toString() {
        return "wish " + round + " of thread " + thread + " (" + mode.text() + (triesOnce ? ", once)" : ")");
    }
}

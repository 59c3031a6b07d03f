package io.coordination.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that can only be asked for. */
final class Polling {

    private static final long INTERVAL_NANOS = Duration.ofMillis(20).toNanos();

    private Polling() {}

    /**
     * Asks until the answer is yes.
     *
     * @return false when it was not within the limit
     * @throws IllegalStateException when the thread is interrupted; its flag stays set
     */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("Interrupted while waiting for etcd.");
            }
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
        return true;
    }
}

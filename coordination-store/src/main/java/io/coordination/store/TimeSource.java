package io.coordination.store;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock and scheduler of a coordinator. Every deadline goes through it, so that tests own the time. Thread-safe.
 *
 * <p>Deadlines are counted on {@link #nanoTime()} alone; wall time is for people to read, and for one comparison that
 * finds out whether the machine was suspended.
 */
public interface TimeSource extends AutoCloseable {

    /** Monotonic time in nanoseconds, comparable by difference only. */
    long nanoTime();

    /** Wall time. */
    Instant now();

    /**
     * Runs a task once after a delay, on a thread of the time source. The task must be short and must not block.
     *
     * @param delay zero or less runs it as soon as possible, never in the caller's stack
     */
    Timer schedule(Duration delay, Runnable task);

    /** Drops all tasks and stops the thread. Idempotent. */
    @Override
    void close();

    /** The system's clock with one daemon thread for timers, named {@code coordination-<name>-timer}. */
    static TimeSource system(String name) {
        return new SystemTime(name);
    }

    /** A task that may still be dropped. */
    @FunctionalInterface
    interface Timer {
        /** Drops the task unless it has begun. Idempotent. */
        void cancel();
    }
}

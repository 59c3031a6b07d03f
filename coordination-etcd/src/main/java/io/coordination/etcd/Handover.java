package io.coordination.etcd;

import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands the news of one watch over to its listener: in order, one at a time.
 *
 * <p>A quick listener is called on the thread that brings the news, which costs nothing. One that took long has its further
 * calls made on a thread of its own, until it is quick again, so that the other watches go on. What waits for a listener is
 * bounded. Thread-safe.
 */
final class Handover {

    static final int MOST_EVENTS = 100_000;
    static final long MOST_BYTES = 64L << 20;
    static final Duration SLOW = Duration.ofMillis(100);

    private static final int QUICK_CALLS_TO_RECOVER = 100;

    private final TimeSource time;
    private final SerialExecutor serial;
    private final AtomicLong waitingEvents = new AtomicLong();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile int callsToRecover;

    /** A hand-over whose slow calls run on other threads. */
    Handover(TimeSource time, Executor threads) {
        this.time = time;
        this.serial = new SerialExecutor(calls -> {
            if (callsToRecover > 0) {
                threads.execute(calls);
            } else {
                calls.run();
            }
        });
    }

    /** Makes a call as soon as those before it are over. */
    void call(Runnable call) {
        serial.execute(() -> timed(call));
    }

    /** Makes a call that brings events. False, and no call, when too much waits already. */
    boolean call(int events, long bytes, Runnable call) {
        boolean full = waitingEvents.get() > 0
                && (waitingEvents.get() + events > MOST_EVENTS || waitingBytes.get() + bytes > MOST_BYTES);
        if (full) {
            return false;
        }
        waitingEvents.addAndGet(events);
        waitingBytes.addAndGet(bytes);
        serial.execute(() -> {
            timed(call);
            waitingEvents.addAndGet(-events);
            waitingBytes.addAndGet(-bytes);
        });
        return true;
    }

    private void timed(Runnable call) {
        long began = time.nanoTime();
        call.run();
        if (time.nanoTime() - began > SLOW.toNanos()) {
            callsToRecover = QUICK_CALLS_TO_RECOVER;
        } else if (callsToRecover > 0) {
            recover();
        }
    }

    /** Only ever called by the one call that runs. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void recover() {
        callsToRecover = callsToRecover - 1;
    }
}

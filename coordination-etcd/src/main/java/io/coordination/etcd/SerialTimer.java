package io.coordination.etcd;

import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import io.coordination.store.TimeSource.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * At most one task that waits for its time, and then runs on a serial executor. A task that was replaced or dropped does
 * not run, even if its time had come. Confined to that executor.
 */
final class SerialTimer {

    private final TimeSource time;
    private final SerialExecutor serial;
    private @Nullable Timer armed;
    private int generation;

    SerialTimer(TimeSource time, SerialExecutor serial) {
        this.time = time;
        this.serial = serial;
    }

    /** Whether a task waits. */
    boolean isArmed() {
        return armed != null;
    }

    /** Runs a task after a delay, instead of the one that waits. */
    void arm(Duration delay, Runnable task) {
        disarm();
        int mine = generation;
        armed = time.schedule(
                delay,
                () -> serial.execute(() -> {
                    if (mine == generation) {
                        armed = null;
                        task.run();
                    }
                }));
    }

    /** Drops the task that waits, if there is one. */
    void disarm() {
        generation++;
        Timer dropped = armed;
        armed = null;
        if (dropped != null) {
            dropped.cancel();
        }
    }
}

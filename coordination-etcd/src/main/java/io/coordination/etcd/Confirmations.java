package io.coordination.etcd;

import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;

/**
 * Notices when the server confirms none of the watches it was asked for. A burst of them takes its time: the limit counts
 * from the confirmation before. Confined to the serial executor of all watches.
 */
final class Confirmations {

    private final TimeSource time;
    private final SerialTimer timer;
    private final Duration limit;
    private final Runnable tooLate;
    private long since;

    Confirmations(TimeSource time, SerialExecutor serial, Duration limit, Runnable tooLate) {
        this.time = time;
        this.timer = new SerialTimer(time, serial);
        this.limit = limit;
        this.tooLate = tooLate;
    }

    /** A confirmation is due from now on. */
    void await() {
        if (!timer.isArmed()) {
            since = time.nanoTime();
            timer.arm(limit, this::look);
        }
    }

    /** One has come; others may be due. */
    void came(boolean others) {
        since = time.nanoTime();
        if (!others) {
            end();
        }
    }

    /** None is due any more. */
    void end() {
        timer.disarm();
    }

    private void look() {
        Duration waited = Duration.ofNanos(time.nanoTime() - since);
        if (waited.compareTo(limit) < 0) {
            timer.arm(limit.minus(waited), this::look);
        } else {
            tooLate.run();
        }
    }
}

package io.coordination.etcd;

import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;

/**
 * Finds out whether a silent stream is dead: after five seconds without a word it asks, and after three more without an
 * answer the stream is given up. Confined to the serial executor of all watches.
 */
final class StreamPulse {

    static final Duration SILENCE = Duration.ofSeconds(5);
    static final Duration ANSWER = Duration.ofSeconds(3);

    /** What can be asked, and who wants to know. */
    interface Patient {
        /** Asks for a sign of life. */
        void ask();

        /** No answer came. */
        void dead();
    }

    private final TimeSource time;
    private final SerialTimer timer;
    private final Patient patient;
    private long heardAt;
    private boolean asked;

    StreamPulse(TimeSource time, SerialExecutor serial, Patient patient) {
        this.time = time;
        this.timer = new SerialTimer(time, serial);
        this.patient = patient;
    }

    /** Begins to listen; something was heard just now. */
    void begin() {
        heard();
        timer.arm(SILENCE, this::look);
    }

    void heard() {
        heardAt = time.nanoTime();
        asked = false;
    }

    void end() {
        timer.disarm();
    }

    /** Runs when the stream may have been silent for long; that nothing is armed anew for each response keeps them cheap. */
    private void look() {
        Duration silent = Duration.ofNanos(time.nanoTime() - heardAt);
        if (asked) {
            patient.dead();
        } else if (silent.compareTo(SILENCE) < 0) {
            timer.arm(SILENCE.minus(silent), this::look);
        } else {
            asked = true;
            timer.arm(ANSWER, this::look);
            patient.ask();
        }
    }
}

package io.coordination.store.mirror;

import io.coordination.store.Blocking;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the prefix of a mirror, one reading at a time, again and again with growing pauses until one succeeds. Confined to
 * the executor of the mirror.
 */
final class Loading {

    private static final Logger log = LoggerFactory.getLogger(Loading.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** After an outage all mirrors of all processes have to read anew; they do not all begin in the same moment. */
    private static final Duration SPREAD = Duration.ofSeconds(1);

    private final Store store;
    private final TimeSource time;
    private final KeyRange keys;
    private final Executor serial;
    private final Outcome outcome;
    private TimeSource.@Nullable Timer next;
    private boolean spread;
    private Duration pause = FIRST_PAUSE;
    private boolean running;
    private boolean closed;

    /** Who hears how it went. */
    interface Outcome {
        /** A reading begins. */
        void begins();

        /** The prefix was read. */
        void read(RangeResult result, Duration duration);

        /** A reading failed; another one follows. */
        void failed(Throwable cause);
    }

    Loading(Store store, TimeSource time, KeyRange keys, Executor serial, Outcome outcome) {
        this.store = store;
        this.time = time;
        this.keys = keys;
        this.serial = serial;
        this.outcome = outcome;
    }

    /** Reads at once, unless a reading is under way. */
    void now() {
        if (running || closed) {
            return;
        }
        running = true;
        dropTimer();
        outcome.begins();
        long begun = time.nanoTime();
        PagedRange.read(store, keys)
                .whenComplete((result, failure) ->
                        serial.execute(() -> ended(result, failure, Duration.ofNanos(time.nanoTime() - begun))));
    }

    /** Reads within a second. */
    void soon() {
        if (!running && !closed && next == null) {
            schedule(Duration.ofNanos(ThreadLocalRandom.current().nextLong(SPREAD.toNanos())));
            spread = true;
        }
    }

    /** Reads at once when nothing but fairness to others holds the reading back: somebody waits for it. */
    void hurry() {
        if (spread) {
            now();
        }
    }

    /** What was read is of no use; tries again after a pause. */
    void failed(Throwable cause) {
        log.atDebug().setCause(cause).addKeyValue("prefix", keys.from()).log("Reading a prefix failed, trying again");
        outcome.failed(cause);
        long nanos = pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        if (!closed) {
            schedule(Duration.ofNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1)));
        }
    }

    /** The watch that follows a reading stands: the next failure is a new one. */
    void succeeded() {
        pause = FIRST_PAUSE;
    }

    void close() {
        closed = true;
        dropTimer();
    }

    private void ended(@Nullable RangeResult result, @Nullable Throwable failure, Duration duration) {
        running = false;
        if (closed) {
            return;
        }
        if (result != null) {
            outcome.read(result, duration);
        } else if (failure != null) {
            failed(Blocking.cause(failure));
        }
    }

    private void schedule(Duration delay) {
        dropTimer();
        next = time.schedule(delay, () -> serial.execute(this::now));
    }

    private void dropTimer() {
        spread = false;
        if (next != null) {
            next.cancel();
            next = null;
        }
    }
}

package io.coordination.lock.internal;

import io.coordination.lock.LockHandle;
import io.coordination.store.Environment;
import io.coordination.store.TimeSource;
import java.time.Duration;

/** Gives a hold up when it has lasted long enough. The clock decides, the timer only lets others in. Thread-safe. */
final class HoldLimit {

    private final TimeSource time;
    private final long end;
    private final TimeSource.Timer timer;

    HoldLimit(Environment env, LockHandle held, Duration limit) {
        this.time = env.time();
        this.end = time.nanoTime() + limit.toNanos();
        this.timer = time.schedule(limit, () -> {
            env.log()
                    .atWarn()
                    .addKeyValue("lock", held.key())
                    .addKeyValue("token", held.fencingToken())
                    .addKeyValue("limit", limit)
                    .log("A lock was held for too long and is given up");
            held.close();
        });
    }

    /** How much of the limit is left. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - time.nanoTime()));
    }

    boolean isOver() {
        return end - time.nanoTime() <= 0;
    }

    void cancel() {
        timer.cancel();
    }
}

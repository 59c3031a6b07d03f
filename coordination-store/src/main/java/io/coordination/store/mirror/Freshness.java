package io.coordination.store.mirror;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Since when a mirror may be behind. A watch that was opened again has caught up when it has brought the mirror to the
 * revision at which it was opened; a server says nothing of those that missed nothing, so silence counts as that after a
 * while. Changes are confined to the executor of the mirror; reading is free.
 */
final class Freshness {

    /** etcd looks through the history for watches that are behind ten times a second. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private final TimeSource time;
    private final Executor serial;
    private TimeSource.@Nullable Timer silence;
    private long target;
    private volatile @Nullable Long since;

    Freshness(TimeSource time, Executor serial) {
        this.time = time;
        this.serial = serial;
        this.since = time.nanoTime();
    }

    /** The state was right some time ago. */
    void begins(Duration age) {
        since = time.nanoTime() - age.toNanos();
    }

    /** Changes may be missed from now on. */
    void interrupted() {
        endCatchingUp();
        if (since == null) {
            since = time.nanoTime();
        }
    }

    /** The watch was opened at a revision, and the mirror is at another one. */
    void opened(long revision, long present) {
        endCatchingUp();
        if (since == null || present >= revision) {
            since = null;
            return;
        }
        target = revision;
        silence = time.schedule(SILENCE, () -> serial.execute(() -> advanced(revision)));
    }

    /** The mirror is at a revision. */
    void advanced(long revision) {
        if (silence != null && revision >= target) {
            fresh();
        }
    }

    /** The state was just read. */
    void fresh() {
        endCatchingUp();
        since = null;
    }

    void close() {
        endCatchingUp();
    }

    boolean isStale() {
        return since != null;
    }

    Optional<Duration> staleFor() {
        Long from = since;
        return from == null ? Optional.empty() : Optional.of(Duration.ofNanos(time.nanoTime() - from));
    }

    private void endCatchingUp() {
        if (silence != null) {
            silence.cancel();
            silence = null;
        }
    }
}

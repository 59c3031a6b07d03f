package io.coordination.store.mirror;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.Instrumentation;
import io.coordination.Instrumentation.ResyncReason;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeResult;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Store;
import io.coordination.store.Subscription;
import io.coordination.store.TimeSource;
import io.coordination.store.WatchEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A copy of all keys with a prefix, kept up to date: read once, then followed by a watch from the next revision.
 *
 * <p>Reads are local and see whole revisions. While the connection is broken the last state is served, and {@link
 * #staleFor()} says for how long; afterwards listeners hear every change in order, or, when the history was lost, the
 * difference to the state read anew, deletes included. Revisions never go back, unless the store was restored or replaced.
 * Where the store {@linkplain Store#losesWatchEvents() may lose changes}, the mirror compares itself with it every minute
 * and repairs what differs. With a {@link SnapshotFile} it starts from the state that was saved last. Thread-safe; nothing
 * blocks.
 */
public final class Mirror implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Mirror.class);

    private final Store store;
    private final KeyRange keys;
    private final Instrumentation.Mirrors observer;

    // Everything but the volatile fields is confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Audience audience = new Audience();
    private final Waiters waiters = new Waiters();
    private final Freshness freshness;
    private final Loading loading;
    private final SelfCheck selfCheck;
    private final @Nullable Saving saving;
    private @Nullable MirrorWatch watch;
    private ResyncReason reason = ResyncReason.COMPACTED;
    private long cluster;
    private long loadMark;
    private boolean closed;

    private volatile MirrorState state = MirrorState.NOTHING;
    private volatile boolean confirmed;

    private Mirror(
            Store store,
            TimeSource time,
            String prefix,
            Instrumentation.Mirrors observer,
            Optional<SnapshotFile> file) {
        this.store = store;
        this.keys = KeyRange.prefix(prefix);
        this.observer = observer;
        this.freshness = new Freshness(time, serial);
        this.loading = new Loading(store, time, keys, serial, new Reader());
        this.selfCheck = new SelfCheck(store, time, keys, serial, new Checked());
        this.saving = file.map(
                        to -> new Saving(to, time, serial, () -> new SavedMirror(prefix, cluster, time.now(), state)))
                .orElse(null);
        serial.execute(() -> start(prefix, time));
    }

    /** Starts to mirror all keys with a prefix; returns at once. */
    public static Mirror open(Store store, TimeSource time, String prefix) {
        return open(store, time, prefix, Instrumentation.Mirrors.NONE);
    }

    /**
     * Starts to mirror all keys with a prefix; returns at once.
     *
     * @param observer hears of readings; shielded, so that it cannot stop them
     */
    public static Mirror open(Store store, TimeSource time, String prefix, Instrumentation.Mirrors observer) {
        return new Mirror(store, time, prefix, observer, Optional.empty());
    }

    /**
     * Starts to mirror all keys with a prefix from the state that a file has, if it has one; returns at once.
     *
     * <p>The saved state is served until the store was read; then listeners hear the difference. From then on the file is
     * written after changes, at most every five seconds, and at the close.
     *
     * @param observer hears of readings; shielded, so that it cannot stop them
     * @param file where states are saved
     */
    public static Mirror open(
            Store store, TimeSource time, String prefix, Instrumentation.Mirrors observer, SnapshotFile file) {
        return new Mirror(store, time, prefix, observer, Optional.of(file));
    }

    private void start(String prefix, TimeSource time) {
        if (saving == null) {
            startReading();
        } else {
            saving.restore(prefix, found -> {
                if (!closed) {
                    found.ifPresent(saved -> restored(saved, time));
                    startReading();
                }
            });
        }
    }

    private void startReading() {
        loading.now();
        selfCheck.start();
    }

    private void restored(SavedMirror saved, TimeSource time) {
        Duration age = Duration.between(saved.savedAt(), time.now());
        freshness.begins(age.isNegative() ? Duration.ZERO : age);
        cluster = saved.clusterId();
        state = saved.state();
        log.atInfo()
                .addKeyValue("prefix", keys.from())
                .addKeyValue("keys", state.entries().size())
                .addKeyValue("savedAt", saved.savedAt())
                .log("A mirror starts from what was saved");
        audience.begins(state);
        waiters.completeReady(state);
    }

    /**
     * Completes with the state as soon as there is one: at once after the first load, or with what a file had. Fails with
     * what the load under way fails with; the mirror itself goes on trying.
     */
    public CompletableFuture<MirrorState> ready() {
        CompletableFuture<MirrorState> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (closed) {
                result.completeExceptionally(closedFailure());
            } else if (state.isRead()) {
                result.complete(state);
            } else {
                waiters.addReady(result);
                loading.now();
            }
        });
        return result;
    }

    /** The present state; revision 0 and empty before the first load. */
    public MirrorState state() {
        return state;
    }

    /** Whether there is a state: read from the store, or found in a file. */
    public boolean isLoaded() {
        return state.isRead();
    }

    /** Whether the present state comes from a file, and the store has not been read yet. */
    public boolean isFromFile() {
        return state.isRead() && !confirmed;
    }

    /**
     * For how long the state may have been behind, or nothing while the mirror follows the store: since the connection
     * broke and until what was missed has come, and before the first load since the mirror was opened. For a state from a
     * file it is the time since it was saved, by the wall clocks of then and now: something to show, not to decide on.
     */
    public Optional<Duration> staleFor() {
        return freshness.staleFor();
    }

    /**
     * Completes once the state is at least at a revision at which a key of this prefix changed. Fails with {@code
     * INVALID_STATE} when the store turns out to have been restored to an earlier revision: it is not reached any more.
     */
    public CompletableFuture<Void> reached(long revision) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (closed) {
                result.completeExceptionally(closedFailure());
            } else if (state.revision() >= revision && !isFromFile()) {
                result.complete(null);
            } else {
                waiters.addReaching(revision, result);
                loading.hurry();
            }
        });
        return result;
    }

    /**
     * Compares the mirror with the store, whatever the store says of its watches, and repairs what differs.
     *
     * @return true when it differed and was repaired; fails when the store cannot be read, or the watch is interrupted and
     *     the mirror behind
     */
    public CompletableFuture<Boolean> check() {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (closed) {
                result.completeExceptionally(closedFailure());
            } else {
                selfCheck.request(result);
                loading.hurry();
            }
        });
        return result;
    }

    /** Completes when the present state is in the file or could not be written; at once without a file. Works after the close. */
    public CompletableFuture<Void> saved() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (saving == null) {
                result.complete(null);
            } else {
                saving.request(result);
            }
        });
        return result;
    }

    /** Adds a listener, which hears the snapshot as soon as there is one and then every change. */
    public Watch subscribe(MirrorListener listener) {
        serial.execute(() -> {
            if (!closed) {
                audience.add(listener, state);
            }
        });
        return new Subscription(() -> serial.execute(() -> audience.remove(listener)));
    }

    /** Ends the watch; futures still waiting fail with {@code CLOSED}. A last save may still be under way. Idempotent. */
    @Override
    public void close() {
        serial.execute(() -> {
            if (!closed) {
                closed = true;
                audience.close();
                closeWatch();
                loading.close();
                freshness.close();
                selfCheck.close(this::closedFailure);
                waiters.close(this::closedFailure);
                if (saving != null) {
                    saving.close(confirmed);
                }
            }
        });
    }

    private CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the mirror of '" + keys.from() + "' is closed");
    }

    private void loaded(RangeResult result, Duration duration) {
        MirrorStep step = MirrorStep.to(state, result);
        try {
            watch = MirrorWatch.open(store, keys, result.revision() + 1, serial, new Follower());
        } catch (CoordinationException closedStore) {
            loading.failed(closedStore);
            return;
        }
        loading.succeeded();
        boolean first = !state.isRead();
        boolean changedHistory = !first && (cluster != result.clusterId() || result.revision() < state.revision());
        report(step, changedHistory, duration);
        cluster = result.clusterId();
        confirmed = true;
        freshness.fresh();
        take(step, first);
        if (changedHistory) {
            waiters.historyChanged(result.revision(), loadMark);
        }
        waiters.completeReady(state);
        selfCheck.loaded(!step.changes().isEmpty());
    }

    private void report(MirrorStep step, boolean changedHistory, Duration duration) {
        int changes = step.changes().size();
        if (changedHistory) {
            reason = ResyncReason.HISTORY_CHANGED;
            line(changes).log("The store was restored or replaced, the prefix was read anew");
        } else if (confirmed && reason == ResyncReason.DIFFERED && changes > 0) {
            line(changes).log("A mirror differed from the store and was repaired");
        }
        if (confirmed || changedHistory) {
            observer.resynced(reason, changes);
        }
        if (!confirmed) {
            observer.loaded(step.state().entries().size(), duration);
        }
    }

    private LoggingEventBuilder line(int changes) {
        return log.atWarn().addKeyValue("prefix", keys.from()).addKeyValue("changes", changes);
    }

    /** The next state: those who wait for it first, then the listeners. */
    private void take(MirrorStep step, boolean first) {
        state = step.state();
        waiters.reached(state.revision());
        if (first) {
            audience.begins(state);
        } else {
            step.change().ifPresent(audience::changed);
        }
        freshness.advanced(state.revision());
        selfCheck.advanced(step);
        if (saving != null && (confirmed && (first || !step.changes().isEmpty() || step.resync()))) {
            saving.changed();
        }
    }

    private void readAnew(ResyncReason because) {
        reason = because;
        freshness.interrupted();
        closeWatch();
        selfCheck.superseded();
        if (because == ResyncReason.COMPACTED && !waiters.isAwaited() && !selfCheck.isAwaited()) {
            loading.soon();
        } else {
            loading.now();
        }
    }

    private void closeWatch() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private final class Reader implements Loading.Outcome {
        @Override
        public void begins() {
            loadMark = waiters.mark();
        }

        @Override
        public void read(RangeResult result, Duration duration) {
            loaded(result, duration);
        }

        @Override
        public void failed(Throwable cause) {
            freshness.interrupted();
            waiters.failReady(cause);
        }
    }

    private final class Follower implements MirrorWatch.Follower {
        @Override
        public void opened(long revision) {
            freshness.opened(revision, state.revision());
        }

        @Override
        public void changed(long revision, List<WatchEvent> events) {
            if (revision > state.revision()) {
                take(MirrorStep.over(state, revision, events), false);
            }
        }

        @Override
        public void progressed(long revision) {
            changed(revision, List.of());
        }

        @Override
        public void interrupted() {
            freshness.interrupted();
        }

        @Override
        public void historyLost() {
            log.atInfo().addKeyValue("prefix", keys.from()).log("The history was lost, reading the prefix anew");
            readAnew(ResyncReason.COMPACTED);
        }
    }

    private final class Checked implements SelfCheck.Subject {
        @Override
        public MirrorState state() {
            return state;
        }

        @Override
        public long cluster() {
            return cluster;
        }

        @Override
        public boolean isFollowing() {
            return watch != null;
        }

        @Override
        public boolean isStale() {
            return freshness.isStale();
        }

        @Override
        public void readAnew(ResyncReason because) {
            Mirror.this.readAnew(because);
        }
    }
}

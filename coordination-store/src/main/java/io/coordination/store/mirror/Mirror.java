package io.coordination.store.mirror;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.Blocking;
import io.coordination.store.Isolated;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeResult;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Store;
import io.coordination.store.Subscription;
import io.coordination.store.TimeSource;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of all keys with a prefix, kept up to date: read once, then followed by a watch from the next revision.
 *
 * <p>Reads are local and see whole revisions. While the connection is broken the last state is served, and {@link
 * #staleFor()} says for how long; afterwards listeners hear every change in order, or, when the history was lost, the
 * difference to the state read anew, deletes included. Thread-safe; nothing blocks.
 */
public final class Mirror implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Mirror.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Store store;
    private final TimeSource time;
    private final KeyRange keys;

    // Everything but "state" and "interruptedAt" is confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final List<MirrorListener> listeners = new ArrayList<>();
    private final NavigableMap<Long, List<CompletableFuture<Void>>> reached = new TreeMap<>();
    private final List<CompletableFuture<MirrorState>> waitingForLoad = new ArrayList<>();
    private TimeSource.@Nullable Timer nextLoad;
    private @Nullable Watch watch;
    private Duration pause = FIRST_PAUSE;
    private long generation;
    private boolean loading;
    private boolean closed;

    private volatile MirrorState state = MirrorState.NOTHING;
    private volatile @Nullable Long interruptedAt;

    private Mirror(Store store, TimeSource time, String prefix) {
        this.store = store;
        this.time = time;
        this.keys = KeyRange.prefix(prefix);
    }

    /** Starts to mirror all keys with a prefix; returns at once. */
    public static Mirror open(Store store, TimeSource time, String prefix) {
        Mirror mirror = new Mirror(store, time, prefix);
        mirror.serial.execute(mirror::load);
        return mirror;
    }

    /**
     * Completes with the state as soon as there is one: at once after the first load. Fails with what the load under way
     * fails with; the mirror itself goes on trying.
     */
    public CompletableFuture<MirrorState> ready() {
        CompletableFuture<MirrorState> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (closed) {
                result.completeExceptionally(closedFailure());
            } else if (state.isRead()) {
                result.complete(state);
            } else {
                waitingForLoad.add(result);
                load();
            }
        });
        return result;
    }

    /** The present state; revision 0 and empty before the first load. */
    public MirrorState state() {
        return state;
    }

    /** Whether the first load has succeeded. */
    public boolean isLoaded() {
        return state.isRead();
    }

    /** How long ago the connection broke, or nothing while the mirror follows the server. */
    public Optional<Duration> staleFor() {
        Long since = interruptedAt;
        return since == null ? Optional.empty() : Optional.of(Duration.ofNanos(time.nanoTime() - since));
    }

    /** Completes once the state is at least at a revision at which a key of this prefix changed. */
    public CompletableFuture<Void> reached(long revision) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (closed) {
                result.completeExceptionally(closedFailure());
            } else if (state.revision() >= revision) {
                result.complete(null);
            } else {
                reached.computeIfAbsent(revision, r -> new ArrayList<>()).add(result);
            }
        });
        return result;
    }

    /** Adds a listener, which hears the snapshot as soon as there is one and then every change. */
    public Watch subscribe(MirrorListener listener) {
        serial.execute(() -> {
            if (closed) {
                return;
            }
            listeners.add(listener);
            if (state.isRead()) {
                listener.onSnapshot(state);
            }
        });
        return new Subscription(() -> serial.execute(() -> listeners.remove(listener)));
    }

    /** Ends the watch; futures still waiting fail with {@code CLOSED}. Idempotent. */
    @Override
    public void close() {
        serial.execute(() -> {
            if (!closed) {
                closed = true;
                generation++;
                listeners.clear();
                closeWatch();
                if (nextLoad != null) {
                    nextLoad.cancel();
                }
                failWaiting(closedFailure());
                reached.values().forEach(list -> list.forEach(f -> f.completeExceptionally(closedFailure())));
                reached.clear();
            }
        });
    }

    private CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the mirror of '" + keys.from() + "' is closed");
    }

    private void load() {
        if (closed || loading || watch != null) {
            return;
        }
        loading = true;
        if (nextLoad != null) {
            nextLoad.cancel();
            nextLoad = null;
        }
        PagedRange.read(store, keys)
                .whenComplete((result, failure) -> serial.execute(() -> {
                    loading = false;
                    if (closed) {
                        return;
                    }
                    if (failure == null) {
                        loaded(result);
                    } else {
                        loadFailed(Blocking.cause(failure));
                    }
                }));
    }

    private void loadFailed(Throwable failure) {
        log.atDebug().setCause(failure).addKeyValue("prefix", keys.from()).log("Reading a prefix failed, trying again");
        markInterrupted();
        failWaiting(failure);
        long nanos = pause.toNanos();
        Duration jittered =
                Duration.ofNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        nextLoad = time.schedule(jittered, () -> serial.execute(this::load));
    }

    private void failWaiting(Throwable failure) {
        takeWaiting().forEach(future -> future.completeExceptionally(failure));
    }

    private List<CompletableFuture<MirrorState>> takeWaiting() {
        List<CompletableFuture<MirrorState>> waiting = List.copyOf(waitingForLoad);
        waitingForLoad.clear();
        return waiting;
    }

    private void loaded(RangeResult result) {
        MirrorStep step = MirrorStep.to(state, result);
        if (!watchFrom(result.revision() + 1)) {
            return;
        }
        pause = FIRST_PAUSE;
        interruptedAt = null;
        if (state.isRead()) {
            take(step);
        } else {
            advance(step.state());
            tell(listener -> listener.onSnapshot(state));
        }
        takeWaiting().forEach(future -> future.complete(state));
    }

    private void take(MirrorStep step) {
        advance(step.state());
        step.change().ifPresent(change -> tell(listener -> listener.onChange(change)));
    }

    private void tell(Consumer<MirrorListener> call) {
        listeners.forEach(listener -> Isolated.run("A listener of a mirror failed", () -> call.accept(listener)));
    }

    private void advance(MirrorState after) {
        state = after;
        var done = reached.headMap(after.revision(), true);
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        done.values().forEach(waiting::addAll);
        done.clear();
        waiting.forEach(future -> future.complete(null));
    }

    private boolean watchFrom(long revision) {
        try {
            watch = store.watch(keys, revision, new Follower(++generation));
            return true;
        } catch (CoordinationException closedStore) {
            loadFailed(closedStore);
            return false;
        }
    }

    private void closeWatch() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private void apply(long revision, List<WatchEvent> events) {
        if (revision > state.revision()) {
            take(MirrorStep.over(state, revision, events));
        }
    }

    private void markInterrupted() {
        if (interruptedAt == null) {
            interruptedAt = time.nanoTime();
        }
    }

    /** Hears one watch and brings what it says, in order, to the serial executor; a watch given up is not heard. */
    private final class Follower implements WatchListener {

        private final long mine;

        Follower(long mine) {
            this.mine = mine;
        }

        private void hop(Runnable task) {
            serial.execute(() -> {
                if (mine == generation && !closed) {
                    task.run();
                }
            });
        }

        @Override
        public void onOpened(long revision) {
            hop(() -> interruptedAt = null);
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            hop(() -> apply(revision, events));
        }

        @Override
        public void onProgress(long revision) {
            hop(() -> {
                if (revision > state.revision()) {
                    advance(new MirrorState(revision, state.entries()));
                }
            });
        }

        @Override
        public void onInterrupted(CoordinationException cause) {
            hop(Mirror.this::markInterrupted);
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            hop(() -> {
                log.atInfo().addKeyValue("prefix", keys.from()).log("History was compacted, reading the prefix anew");
                markInterrupted();
                generation++;
                closeWatch();
                load();
            });
        }
    }
}

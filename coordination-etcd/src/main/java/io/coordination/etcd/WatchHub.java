package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource.Timer;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All watches of a store and the lanes that they share: another lane is opened only when those there are full, or fail.
 *
 * <p>Everything but {@link #watch} and {@link #close()} happens on one serial executor. Thread-safe.
 */
final class WatchHub {

    /** So many lanes may fail before new watches join them instead of trying on their own. */
    private static final int MOST_FAILING = 2;

    private final ResilientCalls calls;
    private final Instrumentation.Watches heard;
    private final Probing probing = new Probing();
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Set<WatchLoop> watches = ConcurrentHashMap.newKeySet();
    private final Set<WatchLane> lanes = new LinkedHashSet<>();
    private final ExecutorService threadsForSlowListeners;
    private volatile boolean closed;

    /** The watches of a store; whoever hears of them must not throw. */
    WatchHub(ResilientCalls calls, Instrumentation.Watches heard) {
        this.calls = calls;
        this.heard = heard;
        this.threadsForSlowListeners = threads();
    }

    /** None while all listeners are quick, at most one for each that is not. */
    private static ExecutorService threads() {
        AtomicInteger numbers = new AtomicInteger();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "coordination-etcd-slow-watch-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        WatchLoop watch = new WatchLoop(this, keys, fromRevision, listener);
        watches.add(watch);
        // Checked after the watch can be seen: either close() finds it, or it finds close().
        if (closed) {
            watch.close();
            throw CoordinationException.of(
                    ErrorCode.CLOSED, "watch of '" + keys.from() + "' was refused: the connection to etcd was closed");
        }
        serial.execute(() -> {
            if (!watch.isClosed()) {
                place(watch);
            }
        });
        return watch;
    }

    /** Finds a lane for a watch that has none. */
    void place(WatchLoop watch) {
        if (closed) {
            return;
        }
        List<WatchLane> possible = lanes.stream()
                .filter(lane -> lane.hasRoom() && !watch.refusedTokens().contains(lane.token()))
                .toList();
        List<WatchLane> working =
                possible.stream().filter(lane -> !lane.isFailing()).toList();
        if (!working.isEmpty()) {
            working.get(0).add(watch);
        } else if (possible.size() >= MOST_FAILING) {
            possible.get(0).add(watch);
        } else {
            WatchLane lane = new WatchLane(this);
            lanes.add(lane);
            lane.add(watch);
        }
    }

    /** Brings the watches that depend on a token which is no longer worth anything to a lane that has another one. */
    void merge(Token stale, WatchLane better) {
        List.copyOf(lanes).stream()
                .filter(lane -> lane != better && lane.token() == stale)
                .forEach(lane -> lane.giveTo(better));
    }

    /** A watch ended. */
    void forget(WatchLoop watch) {
        watches.remove(watch);
        serial.execute(watch::leave);
    }

    /** A lane ended. */
    void ended(WatchLane lane) {
        lanes.remove(lane);
    }

    void streamsChanged() {
        heard.streams((int) lanes.stream().filter(WatchLane::hasStream).count());
    }

    /** Runs a task after a pause, or at the end of a lost connection within it. */
    Timer after(Duration pause, Runnable task) {
        return calls.reconnector()
                .pause(
                        pause,
                        pause,
                        () -> serial.execute(() -> {
                            if (!closed) {
                                task.run();
                            }
                        }));
    }

    /** A way to a listener. */
    Handover handover() {
        return new Handover(calls.time(), threadsForSlowListeners);
    }

    ResilientCalls calls() {
        return calls;
    }

    /** Who hears of what happens to the watches. */
    Instrumentation.Watches heard() {
        return heard;
    }

    Probing probing() {
        return probing;
    }

    SerialExecutor serial() {
        return serial;
    }

    /** Ends all watches and their streams, without another word to their listeners. Idempotent. */
    void close() {
        closed = true;
        watches.forEach(WatchLoop::close);
        serial.execute(() -> List.copyOf(lanes).forEach(WatchLane::end));
        threadsForSlowListeners.shutdown();
    }
}

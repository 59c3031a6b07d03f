package io.coordination.testkit;

import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What happens to the watches of a {@link FaultyStore}, those that are open and those opened later. Thread-safe.
 *
 * <p>Nothing that is done here breaks the rules of a store: events come late, never out of order, twice or not at all.
 */
public final class FaultyWatches {

    private final Store store;
    private final TimeSource time;
    private final List<FaultyWatch> open = new CopyOnWriteArrayList<>();
    private volatile boolean held;
    private volatile boolean cut;
    private volatile Duration delay = Duration.ZERO;

    FaultyWatches(Store store, TimeSource time) {
        this.store = store;
        this.time = time;
    }

    /** Everything the watches would tell waits until {@link #release}. */
    public void hold() {
        held = true;
    }

    /** Ends {@link #hold}; what waited is told now. */
    public void release() {
        held = false;
        open.forEach(FaultyWatch::pump);
    }

    /** From now on everything is told later by a delay, in the same order. Zero ends it for what has not come yet. */
    public void delay(Duration duration) {
        delay = duration;
    }

    /** The connections break: listeners are interrupted, and what they had not been told by then is on no wire any more. */
    public void cut() {
        cut = true;
        open.forEach(FaultyWatch::cut);
    }

    /** Ends {@link #cut}: each watch is opened again from the first revision it has not been told. */
    public void resume() {
        if (cut) {
            cut = false;
            open.forEach(FaultyWatch::connect);
        }
    }

    /** The history of all open watches is lost: they end, as after a compaction. */
    public void loseHistory(long firstRevision) {
        open.forEach(watch -> watch.loseHistory(firstRevision));
    }

    /** How many watches are open. */
    public int count() {
        return open.size();
    }

    FaultyWatch open(KeyRange keys, long fromRevision, WatchListener listener) {
        FaultyWatch watch = new FaultyWatch(this, keys, fromRevision, listener);
        open.add(watch);
        if (!cut) {
            watch.connect();
        }
        return watch;
    }

    void close() {
        open.forEach(FaultyWatch::close);
    }

    void closed(FaultyWatch watch) {
        open.remove(watch);
    }

    Store store() {
        return store;
    }

    TimeSource time() {
        return time;
    }

    boolean isHeld() {
        return held;
    }

    Duration delay() {
        return delay;
    }
}

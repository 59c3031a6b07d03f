package io.coordination.memory;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch. What it sees is queued under the database's lock, which makes the order, and told to the listener outside of
 * it by whoever comes first; a second thread, or a call from inside the listener, leaves its part to the one that is at it.
 */
final class MemoryWatch implements Watch {

    private static final Logger log = LoggerFactory.getLogger(MemoryWatch.class);

    private final KeyRange keys;
    private final long fromRevision;
    private final WatchListener listener;
    private final Consumer<MemoryWatch> onClose;
    private final Queue<Consumer<WatchListener>> untold = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean closed;

    /**
     * A watch that has told nothing yet.
     *
     * @param keys the keys to follow
     * @param fromRevision the first revision to tell; revisions before it are passed over
     * @param listener who is told
     * @param onClose called once it is closed
     */
    MemoryWatch(KeyRange keys, long fromRevision, WatchListener listener, Consumer<MemoryWatch> onClose) {
        this.keys = keys;
        this.fromRevision = fromRevision;
        this.listener = listener;
        this.onClose = onClose;
    }

    /** Queues what a revision means for this watch and answers whether it means anything. */
    boolean see(Revision revision) {
        if (revision.number() < fromRevision) {
            return false;
        }
        List<WatchEvent> events = revision.eventsIn(keys);
        if (events.isEmpty()) {
            return false;
        }
        queue(told -> told.onRevision(revision.number(), events));
        return true;
    }

    void queue(Consumer<WatchListener> call) {
        untold.add(call);
    }

    void queueEnd(Consumer<WatchListener> call) {
        untold.add(told -> {
            close();
            call.accept(told);
        });
    }

    /** Tells the listener what is queued, unless that is going on already. */
    void tell() {
        if (calls.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            tellAll();
            seen = calls.addAndGet(-seen);
        } while (seen > 0);
    }

    private void tellAll() {
        for (Consumer<WatchListener> call = untold.poll(); call != null; call = untold.poll()) {
            if (!closed) {
                tell(call);
            }
        }
    }

    private void tell(Consumer<WatchListener> call) {
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("from", keys.from())
                    .log("A watch listener failed, the watch goes on");
        }
    }

    /** Does not wait for a call that is running: listeners of two watches may close each other. */
    @Override
    public void close() {
        closed = true;
        onClose.accept(this);
    }

    @Override
    public boolean isClosed() {
        return closed;
    }
}

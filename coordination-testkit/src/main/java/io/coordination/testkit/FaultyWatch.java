package io.coordination.testkit;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.SerialExecutor;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A watch over another store's watch. Its position is what its own listener was told, so a cut loses what is held or
 * delayed and the next connection brings it again.
 */
final class FaultyWatch implements Watch {

    private final FaultyWatches group;
    private final KeyRange keys;
    private final WatchListener listener;
    private final SerialExecutor telling = SerialExecutor.direct();
    private final ReentrantLock lock = new ReentrantLock(); // guards the fields below; not held while calling out
    private final Deque<Signal> signals = new ArrayDeque<>();
    private @Nullable Connection connection;
    private long position;
    private boolean closed;

    FaultyWatch(FaultyWatches group, KeyRange keys, long fromRevision, WatchListener listener) {
        this.group = group;
        this.keys = keys;
        this.position = fromRevision;
        this.listener = listener;
    }

    /** Opens the watch below from the present position. */
    void connect() {
        Connection next = new Connection();
        long from;
        lock.lock();
        try {
            if (closed || connection != null) {
                return;
            }
            connection = next;
            from = position;
        } finally {
            lock.unlock();
        }
        next.attach(group.store().watch(keys, from, next));
    }

    void cut() {
        Connection broken = detach();
        if (broken != null) {
            broken.drop();
            CoordinationException cause = CoordinationException.of(
                    ErrorCode.CONNECTION_ERROR, "the connection of the watch broke, because a test wants it so");
            add(null, position(), told -> told.onInterrupted(cause));
        }
    }

    void loseHistory(long firstRevision) {
        Connection broken = detach();
        if (broken != null) {
            broken.drop();
        }
        add(null, position(), told -> end(told, firstRevision));
    }

    private void end(WatchListener told, long firstRevision) {
        close();
        told.onHistoryLost(firstRevision);
    }

    /** Takes the connection away, with everything that came over it and was not told. */
    private @Nullable Connection detach() {
        lock.lock();
        try {
            Connection present = connection;
            connection = null;
            signals.clear();
            return present;
        } finally {
            lock.unlock();
        }
    }

    /** Tells the listener what is due. */
    void pump() {
        telling.execute(this::tellNext);
    }

    /** One call is one task, so that a listener that throws harms that call alone. */
    private void tellNext() {
        Signal next = takeDue();
        if (next != null) {
            telling.execute(this::tellNext);
            next.call.accept(listener);
        }
    }

    private @Nullable Signal takeDue() {
        lock.lock();
        try {
            if (closed || group.isHeld() || signals.isEmpty()) {
                return null;
            }
            Signal next = signals.getFirst();
            if (next.dueNanos - group.time().nanoTime() > 0) {
                return null;
            }
            position = Math.max(position, next.position);
            return signals.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    private void add(@Nullable Connection from, long newPosition, Consumer<WatchListener> call) {
        boolean late = !group.delay().isZero();
        lock.lock();
        try {
            if (closed || from != connection) {
                return;
            }
            long due = group.time().nanoTime() + group.delay().toNanos();
            signals.add(new Signal(due, newPosition, call));
        } finally {
            lock.unlock();
        }
        if (late) {
            group.time().schedule(group.delay(), this::pump);
        } else {
            pump();
        }
    }

    private long position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        Connection present = detach();
        if (present != null) {
            present.drop();
        }
        group.closed(this);
    }

    @Override
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private record Signal(long dueNanos, long position, Consumer<WatchListener> call) {}

    /** One life of the watch below. */
    private final class Connection implements WatchListener {

        private @Nullable Watch below; // guarded by lock
        private boolean dropped; // guarded by lock

        @Override
        public void onOpened(long revision) {
            long floor = position() == 0 ? revision + 1 : 0;
            add(this, floor, told -> told.onOpened(revision));
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            add(this, revision + 1, told -> told.onRevision(revision, events));
        }

        @Override
        public void onProgress(long revision) {
            add(this, revision + 1, told -> told.onProgress(revision));
        }

        @Override
        public void onInterrupted(CoordinationException cause) {
            add(this, 0, told -> told.onInterrupted(cause));
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            add(this, 0, told -> end(told, firstRevision));
        }

        void attach(Watch opened) {
            boolean late;
            lock.lock();
            try {
                below = opened;
                late = dropped;
            } finally {
                lock.unlock();
            }
            if (late) {
                opened.close();
            }
        }

        void drop() {
            Watch opened;
            lock.lock();
            try {
                dropped = true;
                opened = below;
            } finally {
                lock.unlock();
            }
            if (opened != null) {
                opened.close();
            }
        }
    }
}

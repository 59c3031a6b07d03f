package io.coordination.lock.internal;

import io.coordination.Watch;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.SerialExecutor;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one watch of a lock's queue in this process: opened "from now" when somebody has to wait, and kept, because a watch
 * that is opened at a past revision is served late. Confined to the serial executor of its lock.
 */
final class QueueWatch {

    /** Hears what happens to the queue, in the serial executor. */
    interface Listener {
        /** From now on no revision after the floor is missed. */
        void onLive();

        /** A key was deleted. */
        void onDeleted(String key, long revision);

        /** Revisions may have been missed. */
        void onGap();
    }

    private final Environment env;
    private final KeyRange range;
    private final SerialExecutor serial;
    private final Listener listener;
    private @Nullable Watch watch;
    private long generation;
    private boolean live;
    private long floor;

    QueueWatch(Environment env, KeyRange range, SerialExecutor serial, Listener listener) {
        this.env = env;
        this.range = range;
        this.serial = serial;
        this.listener = listener;
    }

    /** Opens the watch unless it is open. */
    void open() {
        if (watch == null) {
            long mine = ++generation;
            watch = env.store().watch(range, 0, new Events(mine));
        }
    }

    boolean isOpen() {
        return watch != null;
    }

    /** Whether the server has the watch; short interruptions do not count, they miss nothing. */
    boolean isLive() {
        return live;
    }

    /** Tells one stretch without a gap from another; 0 while the watch is not live. */
    long liveGeneration() {
        return live ? generation : 0;
    }

    /** The revision after which nothing is missed. */
    long floor() {
        return floor;
    }

    void close() {
        generation++;
        live = false;
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private final class Events implements WatchListener {

        private final long mine;

        Events(long mine) {
            this.mine = mine;
        }

        private void hop(Runnable task) {
            serial.execute(() -> {
                if (mine == generation) {
                    task.run();
                }
            });
        }

        @Override
        public void onOpened(long revision) {
            hop(() -> {
                if (!live) {
                    live = true;
                    floor = revision;
                    listener.onLive();
                }
            });
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            hop(() -> {
                for (WatchEvent event : events) {
                    if (event instanceof WatchEvent.Delete) {
                        listener.onDeleted(event.key(), revision);
                    }
                }
            });
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            hop(() -> {
                close();
                listener.onGap();
                open();
            });
        }
    }
}

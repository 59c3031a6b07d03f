package io.coordination.store.mirror;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The watch of a mirror. It brings what it hears, in order, to the executor of the mirror, to which it is confined; after
 * its close it is not heard any more, whatever the engine says.
 */
final class MirrorWatch {

    private final Executor serial;
    private final Follower follower;
    private @Nullable Watch watch;
    private boolean closed;

    /** Who follows. */
    interface Follower {
        /** The server has the watch, at a revision. */
        void opened(long revision);

        /** One revision, whole. */
        void changed(long revision, List<WatchEvent> events);

        /** Nothing happened up to a revision that was not told. */
        void progressed(long revision);

        /** The connection broke. */
        void interrupted();

        /** The watch cannot be followed from where it stood. */
        void historyLost();
    }

    private MirrorWatch(Executor serial, Follower follower) {
        this.serial = serial;
        this.follower = follower;
    }

    /**
     * Follows the changes of keys from a revision on.
     *
     * @throws CoordinationException when the store is closed
     */
    static MirrorWatch open(Store store, KeyRange keys, long fromRevision, Executor serial, Follower follower) {
        MirrorWatch made = new MirrorWatch(serial, follower);
        made.watch = store.watch(keys, fromRevision, made.new Ear());
        return made;
    }

    void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }

    private final class Ear implements WatchListener {

        private void hop(Runnable task) {
            serial.execute(() -> {
                if (!closed) {
                    task.run();
                }
            });
        }

        @Override
        public void onOpened(long revision) {
            hop(() -> follower.opened(revision));
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            hop(() -> follower.changed(revision, events));
        }

        @Override
        public void onProgress(long revision) {
            hop(() -> follower.progressed(revision));
        }

        @Override
        public void onInterrupted(CoordinationException cause) {
            hop(follower::interrupted);
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            hop(follower::historyLost);
        }
    }
}

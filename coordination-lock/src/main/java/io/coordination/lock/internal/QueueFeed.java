package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.SerialExecutor;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One watch of a queue for all claims of this process that wait in it. Opened "from now", because a watch that is opened at a past
 * revision is served late. Who joins later hears from which revision on he misses nothing. Thread-safe.
 */
final class QueueFeed {

    /** Hears what happens to a queue, on a thread of the engine. */
    interface Reader {
        /** From now on no revision after the floor is missed. */
        void onLive(QueueFeed feed, long floor);

        /** All changes of one revision. */
        void onChanges(QueueFeed feed, List<WatchEvent> events);

        /** Revisions may have been missed. */
        void onGap(QueueFeed feed);
    }

    private final Environment env;
    private final KeyRange range;

    // Confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Set<Reader> readers = new LinkedHashSet<>();
    private OptionalLong floor = OptionalLong.empty();
    private @Nullable Watch watch;
    private long generation;

    QueueFeed(Environment env, KeyRange range) {
        this.env = env;
        this.range = range;
    }

    KeyRange range() {
        return range;
    }

    void add(Reader reader) {
        serial.execute(() -> {
            readers.add(reader);
            if (watch == null) {
                open();
            }
            floor.ifPresent(revision -> reader.onLive(this, revision));
        });
    }

    void remove(Reader reader) {
        serial.execute(() -> readers.remove(reader));
    }

    void close() {
        serial.execute(() -> {
            readers.clear();
            end();
        });
    }

    private void open() {
        try {
            watch = env.store().watch(range, 0, new Events(++generation));
        } catch (CoordinationException closedStore) {
            env.log()
                    .atDebug()
                    .setCause(closedStore)
                    .addKeyValue("range", range.from())
                    .log("A queue is not watched");
        }
    }

    private void end() {
        generation++;
        floor = OptionalLong.empty();
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
                if (floor.isEmpty()) {
                    floor = OptionalLong.of(revision);
                    readers.forEach(reader -> reader.onLive(QueueFeed.this, revision));
                }
            });
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            hop(() -> {
                // Who joins from now on has missed this one.
                floor = floor.isPresent() ? OptionalLong.of(Math.max(floor.getAsLong(), revision)) : floor;
                readers.forEach(reader -> reader.onChanges(QueueFeed.this, events));
            });
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            hop(() -> {
                end();
                readers.forEach(reader -> reader.onGap(QueueFeed.this));
                open();
            });
        }
    }
}

package io.coordination.lock.internal;

import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The feeds of all queues in which somebody waits; each stays for a while, because waiters tend to come back. Thread-safe. */
final class QueueFeeds {

    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Environment env;
    private final ReentrantLock lock = new ReentrantLock(); // guards all below; not held while calling out
    private final Map<KeyRange, Entry> entries = new HashMap<>();

    QueueFeeds(Environment env) {
        this.env = env;
    }

    private static final class Entry {
        private final QueueFeed feed;
        private int readers;
        private TimeSource.@Nullable Timer idle;

        Entry(QueueFeed feed) {
            this.feed = feed;
        }

        private void stopIdling() {
            if (idle != null) {
                idle.cancel();
                idle = null;
            }
        }
    }

    /** Joins the feed of a queue; the reader owes a {@link #leave}. */
    QueueFeed join(KeyRange range, QueueFeed.Reader reader) {
        QueueFeed feed = entered(range);
        feed.add(reader);
        return feed;
    }

    private QueueFeed entered(KeyRange range) {
        lock.lock();
        try {
            Entry entry = entries.computeIfAbsent(range, any -> new Entry(new QueueFeed(env, any)));
            entry.readers++;
            entry.stopIdling();
            return entry.feed;
        } finally {
            lock.unlock();
        }
    }

    void leave(QueueFeed feed, QueueFeed.Reader reader) {
        feed.remove(reader);
        lock.lock();
        try {
            Entry entry = entries.get(feed.range());
            if (entry != null && --entry.readers == 0) {
                entry.idle = env.time().schedule(IDLE, () -> retire(feed.range()));
            }
        } finally {
            lock.unlock();
        }
    }

    private void retire(KeyRange range) {
        Entry retired;
        lock.lock();
        try {
            Entry entry = entries.get(range);
            if (entry == null || entry.readers > 0) {
                return;
            }
            retired = entry;
            entries.remove(range);
        } finally {
            lock.unlock();
        }
        retired.feed.close();
    }

    /** Closes what nobody reads any more without waiting for its time. */
    void closeIdle() {
        List<KeyRange> ranges;
        lock.lock();
        try {
            ranges = List.copyOf(entries.keySet());
            entries.values().forEach(Entry::stopIdling);
        } finally {
            lock.unlock();
        }
        ranges.forEach(this::retire);
    }
}

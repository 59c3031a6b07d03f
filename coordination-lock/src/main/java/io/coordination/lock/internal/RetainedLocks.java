package io.coordination.lock.internal;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The locks that stay with this process although nobody holds them: at most so many, and beyond that the one that has been idle
 * for longest is given back. Thread-safe.
 */
final class RetainedLocks {

    /** The locks of all modules together. */
    static final int MOST = 256;

    private static final Duration LEAST_PATIENCE = Duration.ofMillis(20);
    private static final Duration LONGEST_PATIENCE = Duration.ofMillis(100);

    private record Retained(LockQueue queue, long place) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Retained, Boolean> byAge = new LinkedHashMap<>(); // guarded by the lock

    /** How long to wait for a lock that another process retains: it is given up after one push and one release. */
    static Duration patience(long roundTripNanos) {
        Duration enough = LEAST_PATIENCE.plusNanos(2 * roundTripNanos);
        return enough.compareTo(LONGEST_PATIENCE) < 0 ? enough : LONGEST_PATIENCE;
    }

    /** One more, and perhaps another one less. */
    boolean add(LockQueue queue, long place) {
        Retained eldest;
        lock.lock();
        try {
            byAge.put(new Retained(queue, place), true);
            eldest = byAge.size() > MOST ? removeEldest() : null;
        } finally {
            lock.unlock();
        }
        if (eldest != null) {
            eldest.queue().giveBack(eldest.place());
        }
        return true;
    }

    private @Nullable Retained removeEldest() {
        Iterator<Retained> entries = byAge.keySet().iterator();
        Retained eldest = entries.next();
        entries.remove();
        return eldest;
    }

    void remove(LockQueue queue, long place) {
        lock.lock();
        try {
            byAge.remove(new Retained(queue, place));
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return byAge.size();
        } finally {
            lock.unlock();
        }
    }
}

package io.coordination.etcd;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Places for the calls in flight. Who finds none waits in a line; a place that comes free goes to the first in it.
 *
 * <p>A class of our own, because Resilience4j's {@code Bulkhead} either refuses or blocks the thread and has no order.
 * Thread-safe; never blocks for longer than it takes to touch the line, and while nobody waits not even for that.
 */
final class InFlightLimit {

    /** So many may wait; a line that long is served in seconds at best, and each in it has a deadline. */
    static final int LONGEST_LINE = 100_000;

    private final int places;
    private final int longestLine;
    private final AtomicInteger taken = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock(); // guards line, and changes of waiting and closed
    private final Set<Waiting> line = new LinkedHashSet<>();
    private volatile int waiting;
    private volatile boolean closed;

    /** Somebody in the line. */
    @FunctionalInterface
    interface Waiting {
        /** Takes the place. False when it is not needed any more, so that it goes to the next one. */
        boolean go();
    }

    InFlightLimit(int places) {
        this(places, LONGEST_LINE);
    }

    InFlightLimit(int places, int longestLine) {
        this.places = places;
        this.longestLine = longestLine;
    }

    /** How many may be in flight. */
    int places() {
        return places;
    }

    /** Takes a place when one is free and nobody waits for it. */
    boolean tryEnter() {
        return waiting == 0 && take();
    }

    private boolean take() {
        int now = taken.get();
        while (now < places) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
            now = taken.get();
        }
        return false;
    }

    /** Joins the line, and may be called before this method returns. False when the line is too long. */
    boolean join(Waiting last) {
        lock.lock();
        try {
            if (line.size() >= longestLine) {
                return false;
            }
            if (!closed) {
                line.add(last);
                waiting = line.size();
            }
        } finally {
            lock.unlock();
        }
        // A place that came free before the line could be seen belongs to the first in it.
        if (take()) {
            leave();
        }
        return true;
    }

    /** Leaves the line. Harmless for who is not in it. */
    void withdraw(Waiting one) {
        lock.lock();
        try {
            line.remove(one);
            waiting = line.size();
        } finally {
            lock.unlock();
        }
    }

    /** Gives a place back. Those who take it over begin on this thread. */
    void leave() {
        Waiting next = successor();
        // A loop: with a recursion, a long line of calls that end at once would overflow the stack.
        while (next != null && !next.go()) {
            next = successor();
        }
    }

    /** Who takes a place over; nobody when it was put back. */
    private @Nullable Waiting successor() {
        while (true) {
            Waiting first = waiting == 0 ? null : first();
            if (first != null) {
                return first;
            }
            taken.decrementAndGet();
            if (waiting == 0 || !take()) {
                return null;
            }
        }
    }

    private @Nullable Waiting first() {
        lock.lock();
        try {
            Iterator<Waiting> each = line.iterator();
            if (!each.hasNext()) {
                return null;
            }
            Waiting first = each.next();
            each.remove();
            waiting = line.size();
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the line; whoever is in it or joins it is never called. */
    void close() {
        lock.lock();
        try {
            closed = true;
            line.clear();
            waiting = 0;
        } finally {
            lock.unlock();
        }
    }
}

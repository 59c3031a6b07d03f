package io.coordination.store;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The events that one listener has not heard yet: a bounded number, and beyond that a single one merged from them all. Not
 * thread-safe.
 *
 * @param <E> the type of the events
 */
final class ListenerBacklog<E> {

    /**
     * A listener that is busy for some seconds still hears each change of a lively prefix, and a thousand events of a service
     * or a setting are about a megabyte.
     */
    static final int MOST = 1_000;

    private final ListenerTarget<E> target;
    private final Deque<E> events = new ArrayDeque<>();
    private @Nullable E merged;
    private int mergedFrom;

    ListenerBacklog(ListenerTarget<E> target) {
        this.target = target;
    }

    /** What is told next. */
    record Next<E>(E event, int skipped) {}

    /**
     * Takes an event in.
     *
     * @return whether it is the one that was too much
     */
    boolean add(E event) {
        E whole = merged;
        if (whole != null) {
            merged = target.merge(whole, event);
            mergedFrom++;
            return false;
        }
        events.add(event);
        if (events.size() <= MOST) {
            return false;
        }
        mergedFrom = events.size();
        merged = events.stream().reduce(target::merge).orElseThrow();
        events.clear();
        return true;
    }

    /** Takes the next event out; null when there is none. */
    @Nullable
    Next<E> take() {
        E whole = merged;
        if (whole != null) {
            merged = null;
            return new Next<>(whole, mergedFrom - 1);
        }
        E event = events.poll();
        return event == null ? null : new Next<>(event, 0);
    }

    void clear() {
        merged = null;
        events.clear();
    }

    /** How many events it retains. */
    int size() {
        return merged == null ? events.size() : 1;
    }
}

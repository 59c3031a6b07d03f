package io.coordination.lock.internal.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The places of one process in one queue: at most two current ones, of which the first is served before the second, and those
 * that are leaving until their keys are certainly gone.
 */
final class QueuePlaces {

    private @Nullable QueuePlace first;
    private @Nullable QueuePlace second;
    private List<QueuePlace> leaving = List.of();
    private long made;
    private long limit;

    /** One place, which is held. */
    static QueuePlaces of(QuietHold hold) {
        QueuePlaces places = new QueuePlaces();
        places.first = QueuePlace.of(hold);
        places.made = hold.place();
        return places;
    }

    @Nullable
    QueuePlace first() {
        return first;
    }

    @Nullable
    QueuePlace second() {
        return second;
    }

    /** The first and the second, as far as there are any. */
    List<QueuePlace> current() {
        if (first == null) {
            return second == null ? List.of() : List.of(second);
        }
        return second == null ? List.of(first) : List.of(first, second);
    }

    boolean isAnyCurrent() {
        return first != null || second != null;
    }

    boolean isAnyLeaving() {
        return !leaving.isEmpty();
    }

    boolean isAnyWaiting() {
        return (first != null && first.isWaiting()) || (second != null && second.isWaiting());
    }

    boolean isAnyQueued() {
        return (first != null && first.isQueued()) || (second != null && second.isQueued());
    }

    // ---- look-ups

    /** A current place. */
    @Nullable
    QueuePlace find(long id) {
        if (first != null && first.id == id) {
            return first;
        }
        return second != null && second.id == id ? second : null;
    }

    /** A place that is current or leaving. */
    @Nullable
    QueuePlace any(long id) {
        QueuePlace current = find(id);
        if (current != null) {
            return current;
        }
        for (int i = 0; i < leaving.size(); i++) {
            if (leaving.get(i).id == id) {
                return leaving.get(i);
            }
        }
        return null;
    }

    /** Whether a key is one of this process. */
    boolean isOwn(String key) {
        if ((first != null && key.equals(first.key)) || (second != null && key.equals(second.key))) {
            return true;
        }
        for (int i = 0; i < leaving.size(); i++) {
            if (key.equals(leaving.get(i).key)) {
                return true;
            }
        }
        return false;
    }

    // ---- coming and going

    /** A place with a number of its own, which it keeps once it is {@linkplain #add added} or {@linkplain #succeed succeeds}. */
    QueuePlace make(LocalRequest founder) {
        return new QueuePlace(made + 1, founder);
    }

    /** A new place becomes the first, or the second when there is one. */
    void add(QueuePlace place) {
        made = place.id;
        if (first == null) {
            first = place;
        } else {
            second = place;
        }
    }

    /** A new place comes where another one was, which is leaving. */
    void succeed(QueuePlace place, QueuePlace successor) {
        made = successor.id;
        leaving(place);
        if (place == first) {
            first = successor;
        } else {
            second = successor;
        }
    }

    /** The second is the first when there is no other. */
    void promote() {
        if (first == null && second != null) {
            first = second;
            second = null;
        }
    }

    /** A place is not current any more. */
    void remove(QueuePlace place) {
        if (place == first) {
            first = null;
        } else if (place == second) {
            second = null;
        }
    }

    /** What becomes of its key is still open. */
    void leaving(QueuePlace place) {
        if (!leaving.contains(place)) {
            leaving = leaving.isEmpty() ? new ArrayList<>(1) : leaving;
            leaving.add(place);
        }
    }

    /** Its key is gone, or never was. */
    void forget(QueuePlace place) {
        if (!leaving.isEmpty()) {
            leaving.remove(place);
            leaving = leaving.isEmpty() ? List.of() : leaving;
        }
    }

    // ---- how many fit

    /** The permits of a semaphore, which the owners among all places share. */
    long limit() {
        return limit;
    }

    void limit(long permits) {
        limit = permits;
    }

    QueuePlaces copy() {
        QueuePlaces copy = new QueuePlaces();
        copy.first = first == null ? null : first.copy();
        copy.second = second == null ? null : second.copy();
        leaving.forEach(place -> copy.leaving(place.copy()));
        copy.made = made;
        copy.limit = limit;
        return copy;
    }

    Object state() {
        return List.of(
                first == null ? "" : first.state(),
                second == null ? "" : second.state(),
                leaving.stream().map(QueuePlace::state).toList(),
                List.of(made, limit));
    }
}

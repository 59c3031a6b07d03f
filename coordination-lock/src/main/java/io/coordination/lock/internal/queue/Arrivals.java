package io.coordination.lock.internal.queue;

import org.jspecify.annotations.Nullable;

/** How places begin: with a lease that has to be found first, or with the lease of one that leaves. */
final class Arrivals {

    private final QueueSink sink;
    private final WatchState watch;
    private final QueuePlaces places;
    private final Departures departures;

    Arrivals(QueueSink sink, WatchState watch, QueuePlaces places, Departures departures) {
        this.sink = sink;
        this.watch = watch;
        this.places = places;
        this.departures = departures;
    }

    /** Begins a place, which needs a lease. */
    void begin(LocalRequest founder) {
        QueuePlace place = places.make(founder);
        sink.reserve(place.id, founder);
        places.add(place);
    }

    /** There is a lease, so the key can be queued. */
    void enqueue(QueuePlace place, String key) {
        queueing(place, key);
        if (place.founder().triesOnce()) {
            sink.attempt(place.id, 0);
        } else {
            sink.enqueue(place.id);
        }
    }

    /** Replaces a key by one at the end of the queue; false when the lease does not allow it now. */
    boolean replace(QueuePlace place, LocalRequest head) {
        if (place.tainted || place.lease.ofItsOwn()) {
            return false;
        }
        QueuePlace successor = places.make(head);
        @Nullable String key = sink.requeue(place.id, successor.id, head);
        if (key == null) {
            return false;
        }
        departures.endTurn(place);
        places.succeed(place, successor);
        queueing(successor, key);
        return true;
    }

    private void queueing(QueuePlace place, String key) {
        place.state = QueuePlace.State.ENQUEUEING;
        place.key = key;
        place.position = new QueuePosition(key, place.mode, watch.isLive());
    }
}

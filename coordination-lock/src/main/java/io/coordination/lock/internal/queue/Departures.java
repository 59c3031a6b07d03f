package io.coordination.lock.internal.queue;

import io.coordination.lock.LockLostReason;
import java.util.Optional;

/**
 * How places end. What has been sent for a key decides what has to follow: nothing, a deletion, or the end of all copies that may
 * come late. Whoever ends a place sees to it that requests which need another one get it.
 */
final class Departures {

    private final QueueSink sink;
    private final QueuePlaces places;
    private final Retention retention;

    Departures(QueueSink sink, QueuePlaces places, Retention retention) {
        this.sink = sink;
        this.places = places;
        this.retention = retention;
    }

    /** A current place is not wanted any more. */
    void leave(QueuePlace place) {
        leave(place, false);
    }

    /**
     * A current place is not wanted any more.
     *
     * @param deferrable whether nobody is known to wait for its end
     */
    void leave(QueuePlace place, boolean deferrable) {
        boolean asking = place.state == QueuePlace.State.ENQUEUEING;
        boolean reserving = place.state == QueuePlace.State.RESERVING;
        detach(place);
        if (asking) {
            places.leaving(place);
            sink.giveUp(place.id);
        } else if (!reserving) {
            places.leaving(place);
            remove(place, deferrable);
        }
    }

    /** Deletes the key of a place that is leaving. */
    void remove(QueuePlace place) {
        remove(place, false);
    }

    private void remove(QueuePlace place, boolean deferrable) {
        if (place.tainted) {
            sink.close(place.id);
        } else {
            sink.release(place.id, deferrable);
        }
    }

    /** The holders that are left only read: the place stays, and others may read, too. */
    void weaken(QueuePlace place) {
        place.mode = PlaceMode.SHARED;
        sink.weaken(place.id, PlaceMode.SHARED);
    }

    /** Nothing was written that is known of. */
    void discard(QueuePlace place) {
        if (place.tainted) {
            places.leaving(place);
            sink.close(place.id);
        } else {
            places.forget(place);
            sink.drop(place.id);
        }
    }

    /** The key can neither be there nor come. */
    void gone(QueuePlace place, LockLostReason reason) {
        detach(place);
        places.forget(place);
        sink.lose(place.id, reason, Optional.empty());
        sink.drop(place.id);
    }

    /** The key is gone, or nothing proves any more that it is not. */
    void lose(QueuePlace place, LockLostReason reason, Optional<Throwable> cause) {
        place.holders = new Holders();
        sink.lose(place.id, reason, cause);
        if (place.state == QueuePlace.State.ENQUEUEING) {
            sink.giveUp(place.id);
            detach(place);
            sink.drop(place.id);
        } else {
            leave(place);
        }
    }

    /** Holds are over; a key that has a lease of its own and was held stays until that has run out. */
    void close(QueuePlace place) {
        boolean held = !place.holders.isEmpty();
        if (held) {
            place.holders = new Holders();
            sink.lose(place.id, LockLostReason.CLOSED, Optional.empty());
        }
        if (held && place.lease.ofItsOwn()) {
            detach(place);
            sink.abandon(place.id);
        } else {
            leave(place);
        }
    }

    /** A place is not current any more. */
    void detach(QueuePlace place) {
        endTurn(place);
        places.remove(place);
    }

    /** Nothing is decided for a place any more, so nothing is timed for it either. */
    void endTurn(QueuePlace place) {
        retention.end(place);
        if (place.turn.isTimed()) {
            sink.disarm(QueueTimer.BATCH);
        }
        if (place == places.first()) {
            sink.disarm(QueueTimer.LOOK_AFTER);
        }
        if (place.patient) {
            sink.disarm(QueueTimer.PATIENCE);
        }
        place.state = QueuePlace.State.LEAVING;
    }
}

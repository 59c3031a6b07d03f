package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is heard about single places: answers to what was sent for them, and news of their keys and leases. */
final class PlaceAnswers {

    private final QueueSink sink;
    private final RequestLine line;
    private final QueuePlaces places;
    private final Arrivals arrivals;
    private final Departures departures;
    private final Dispatch dispatch;
    private final Observation observation;

    PlaceAnswers(
            QueueSink sink,
            RequestLine line,
            QueuePlaces places,
            Arrivals arrivals,
            Departures departures,
            Dispatch dispatch,
            Observation observation) {
        this.sink = sink;
        this.line = line;
        this.places = places;
        this.arrivals = arrivals;
        this.departures = departures;
        this.dispatch = dispatch;
        this.observation = observation;
    }

    // ---- on the way into the queue

    boolean reserved(long id, String key) {
        QueuePlace place = places.find(id);
        if (place == null || place.state != QueuePlace.State.RESERVING) {
            return false;
        }
        arrivals.enqueue(place, key);
        return true;
    }

    void reserveFailed(long id, CoordinationException cause) {
        QueuePlace place = places.find(id);
        if (place != null) {
            departures.detach(place);
            dispatch.failed(cause);
        }
    }

    void placed(long id, long createRevision, QueueView queue, boolean tainted) {
        QueuePlace place = heard(id, tainted);
        if (place == null) {
            return;
        }
        if (place.isLeaving()) {
            departures.remove(place);
            return;
        }
        if (place.tainted) {
            sink.settle(id);
        }
        place.state = QueuePlace.State.WAITING;
        observation.answered(place, createRevision, queue);
        line.queued();
        observation.evaluate(place);
    }

    void refused(long id, QueueView queue, boolean tainted, long patienceNanos) {
        QueuePlace place = heard(id, tainted);
        if (place == null) {
            return;
        }
        if (place.isLeaving()) {
            discardLeaving(place);
        } else if (leavesRoom(queue, place.mode)) {
            sink.attempt(id, queue.revision());
        } else if (isOnlyRetained(queue, place.mode)) {
            place.patient = true;
            sink.arm(QueueTimer.PATIENCE, patienceNanos);
            sink.enqueue(id);
        } else {
            departures.detach(place);
            departures.discard(place);
            line.remove(place.founder());
            line.refuse(place.founder());
            dispatch.proceed();
        }
    }

    private static boolean leavesRoom(QueueView queue, PlaceMode mode) {
        return mode.permits() == 0
                && queue.entries().stream().noneMatch(entry -> entry.mode().counts(mode));
    }

    private static boolean isOnlyRetained(QueueView queue, PlaceMode mode) {
        return queue.entries().stream()
                .allMatch(entry -> entry.retaining() || !entry.mode().counts(mode));
    }

    void enqueueFailed(long id, CoordinationException cause, boolean tainted) {
        QueuePlace place = heard(id, tainted);
        if (place == null) {
            return;
        }
        if (place.isLeaving()) {
            discardLeaving(place);
        } else {
            departures.detach(place);
            departures.discard(place);
            dispatch.failed(cause);
        }
    }

    /** It may have been the last thing that was under way, or what a single try waited for. */
    private void discardLeaving(QueuePlace place) {
        departures.discard(place);
        dispatch.proceed();
    }

    /** The place that an answer is about, of which from now on a copy may be applied late. */
    private @Nullable QueuePlace heard(long id, boolean tainted) {
        QueuePlace place = places.any(id);
        if (place != null) {
            place.tainted |= tainted;
        }
        return place;
    }

    void settled(long id) {
        QueuePlace place = places.any(id);
        if (place != null && !place.isLeaving()) {
            place.tainted = false;
        }
    }

    // ---- the lease of a place

    void prepared(long id) {
        QueuePlace place = places.find(id);
        if (place != null && place.isOwned() && !place.ready) {
            observation.ready(place);
            dispatch.proceed();
        }
    }

    void moving(long id, boolean toOneOfItsOwn) {
        QueuePlace place = places.find(id);
        if (place != null) {
            place.lease = new LeaseClass(place.lease.ttl(), toOneOfItsOwn);
        }
    }

    void moved(long id, LeaseClass lease) {
        QueuePlace place = places.find(id);
        if (place != null) {
            place.lease = lease;
            place.tainted = false;
        }
    }

    // ---- the end of a place

    /** Nothing was written, nor can be. */
    void gone(long id, LockLostReason reason) {
        QueuePlace place = places.any(id);
        if (place != null) {
            departures.gone(place, reason);
            dispatch.proceed();
        }
    }

    void left(long id, long revision) {
        QueuePlace place = places.any(id);
        if (place != null) {
            places.forget(place);
            if (revision > 0 && place.key != null) {
                observation.ownKeyDeleted(place.key, revision);
            }
            dispatch.proceed();
        }
    }

    void evicted(long id, CoordinationException cause) {
        QueuePlace place = places.find(id);
        if (place != null) {
            line.failServedBy(place, cause);
            lost(id, LockLostReason.FORCED, Optional.empty());
        }
    }

    void lost(long id, LockLostReason reason, Optional<Throwable> cause) {
        QueuePlace place = places.find(id);
        if (place != null) {
            departures.lose(place, reason, cause);
            dispatch.proceed();
        }
    }
}

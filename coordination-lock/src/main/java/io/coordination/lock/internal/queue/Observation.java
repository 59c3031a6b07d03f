package io.coordination.lock.internal.queue;

import io.coordination.lock.LockLostReason;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What answers, reads and the watch say about the queue, and what follows for places: whose turn it is, and whose key is gone. */
final class Observation {

    private static final long LOOK_AFTER_NANOS = 100_000_000L;

    private final QueueSink sink;
    private final WatchState watch;
    private final QueuePlaces places;
    private final Departures departures;
    private final Dispatch dispatch;
    private final Releases releases;

    Observation(
            QueueSink sink,
            WatchState watch,
            QueuePlaces places,
            Departures departures,
            Dispatch dispatch,
            Releases releases) {
        this.sink = sink;
        this.watch = watch;
        this.places = places;
        this.departures = departures;
        this.dispatch = dispatch;
        this.releases = releases;
    }

    // ---- the watch and reads

    /** The server has the watch. */
    void live(long floor) {
        watch.live(floor);
        watch.heard();
        cover();
    }

    /** All changes of one revision. */
    void changed(long revision, List<QueueChange> changes) {
        watch.heard();
        for (QueuePlace place : places.current()) {
            changed(place, changes, revision);
        }
        evaluateAll();
    }

    /** The server cannot be heard; nothing is missed so far. */
    void interrupted() {
        watch.interrupted();
        places.current().forEach(releases::giveBackIfWanted);
    }

    /** Revisions were missed, and the watch has ended. */
    void gap() {
        watch.close();
        for (QueuePlace place : places.current()) {
            if (place.position != null) {
                place.position.gap();
            }
        }
        watch.open();
        evaluateAll();
    }

    /** The queue was read as a whole. */
    void read(QueueView queue) {
        boolean live = watch.readEnded();
        for (QueuePlace place : places.current()) {
            if (place.position != null) {
                place.position.read(queue, live, watch.floor(), places.limit(), places::isOwn);
            }
        }
        evaluateAll();
        cover();
    }

    /** The time of the last confirmation is up. */
    void confirmAgain() {
        QueuePlace first = places.first();
        watch.confirmAgain(first != null && first.retained);
        places.current().forEach(releases::giveBackIfWanted);
    }

    /** A read failed a while ago. */
    void readAgain() {
        if (places.isAnyCurrent()) {
            watch.read();
        }
    }

    /** A lock that is held for long is watched, so that its loss is noticed. */
    void lookAfter() {
        QueuePlace first = places.first();
        if (first != null && first.isOwned()) {
            watch.open();
            cover();
        }
    }

    // ---- what else is known of the queue

    /** The permits of a semaphore. */
    void limit(long permits) {
        places.limit(permits);
        places.current().forEach(this::evaluate);
    }

    /** The enqueue of a place was answered. */
    void answered(QueuePlace place, long createRevision, QueueView queue) {
        position(place).answered(createRevision, queue, watch.floor(), places.limit(), places::isOwn);
        if (place.isCovered()) {
            watch.heard();
        }
    }

    /** Somebody else deleted the key of a place. */
    void deleted(long id) {
        QueuePlace place = places.find(id);
        if (place != null && place.isQueued()) {
            vanish(place);
        }
    }

    /** A key of this process was deleted by itself, which may let its other place own. */
    void ownKeyDeleted(String key, long revision) {
        List<QueuePlace> current = places.current();
        if (!current.isEmpty()) {
            List<QueueChange> changes = List.of(new QueueChange(key, null));
            for (QueuePlace place : current) {
                changed(place, changes, revision);
                evaluate(place);
            }
        }
    }

    private void changed(QueuePlace place, List<QueueChange> changes, long revision) {
        if (place.position != null) {
            for (QueueChange change : changes) {
                place.position.changed(change, revision, places::isOwn);
            }
        }
    }

    private static QueuePosition position(QueuePlace place) {
        return Objects.requireNonNull(place.position);
    }

    // ---- what follows

    private void evaluateAll() {
        for (QueuePlace place : places.current()) {
            evaluate(place);
            releases.giveBackIfWanted(place);
        }
    }

    /** Draws the conclusion from all that is known about a place. */
    void evaluate(QueuePlace place) {
        if (!place.isQueued() || places.find(place.id) != place) {
            return;
        }
        QueuePosition.Verdict verdict = position(place).verdict(places.limit());
        if (verdict == QueuePosition.Verdict.LOST) {
            vanish(place);
        } else if (place.isWaiting()) {
            switch (verdict) {
                case OWN -> own(place);
                case READ -> readNow();
                default -> watchOthers();
            }
        }
    }

    /** Somebody else deleted the key. A holder has lost the lock at once; why a place in the queue is gone can be asked first. */
    private void vanish(QueuePlace place) {
        if (place.isOwned()) {
            departures.lose(place, LockLostReason.FORCED, Optional.empty());
            dispatch.proceed();
        } else {
            place.state = QueuePlace.State.VANISHED;
            sink.vanished(place.id);
        }
    }

    private void own(QueuePlace place) {
        place.state = QueuePlace.State.OWNED;
        if (!places.isAnyWaiting()) {
            watch.relistNoLonger();
        }
        if (sink.prepare(place.id, true)) {
            ready(place);
        }
        dispatch.proceed();
    }

    /** The lease has life enough for holds. */
    void ready(QueuePlace place) {
        place.ready = true;
        lookAfterInAWhile();
    }

    /** The lock may be held for long. */
    void lookAfterInAWhile() {
        if (!watch.isOpen()) {
            sink.arm(QueueTimer.LOOK_AFTER, LOOK_AFTER_NANOS);
        }
    }

    private void readNow() {
        watch.open();
        watch.read();
        watch.relist();
    }

    private void watchOthers() {
        watch.open();
        cover();
        watch.relist();
    }

    /** Makes up for what happened before the watch was live. */
    private void cover() {
        if (watch.isLive()) {
            for (QueuePlace place : places.current()) {
                if (place.isQueued() && !place.isCovered()) {
                    watch.read();
                }
            }
        }
    }
}

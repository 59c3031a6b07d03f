package io.coordination.lock.internal.queue;

/** A lock that stays with this process although nobody holds it, as long as nobody else is known to want it. */
final class Retention {

    private final QueueSink sink;
    private final WatchState watch;
    private final QueuePlaces places;

    Retention(QueueSink sink, WatchState watch, QueuePlaces places) {
        this.sink = sink;
        this.watch = watch;
        this.places = places;
    }

    /**
     * Retains a lock that nobody holds any more.
     *
     * @return false when it must not be retained
     */
    boolean begin(QueuePlace place) {
        if (!isAllowed(place) || !sink.retain(place.id)) {
            return false;
        }
        place.retained = true;
        // If nothing was heard for long, the next confirmation decides.
        watch.want();
        sink.arm(QueueTimer.RETAIN, place.retainNanos);
        return true;
    }

    private boolean isAllowed(QueuePlace place) {
        return place.retainNanos > 0
                && place.retains
                && !place.lease.ofItsOwn()
                && places.second() == null
                && !place.tainted
                && !place.isExhausted()
                && watch.isUnbroken()
                && place.isCovered()
                && !place.blocksOthers();
    }

    /** The lock is held again or given up. */
    void end(QueuePlace place) {
        if (place.retained) {
            place.retained = false;
            sink.disarm(QueueTimer.RETAIN);
            sink.retainNoLonger(place.id);
        }
    }
}

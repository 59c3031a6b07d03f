package io.coordination.lock.internal.queue;

/**
 * A lock that stays with this process although nobody holds it: as long as nobody else is known to want it, if that was asked for,
 * or else for a moment, if it is watched because others wanted it before. A thread that closes a lock and wants it again would
 * otherwise delete a key and queue another one, and wake everybody with both; within that moment it goes on with the same key
 * while its turn lasts, and replaces it in one transaction afterwards.
 */
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
     * Keeps a lock that nobody holds any more.
     *
     * @return false when it must not be kept
     */
    boolean begin(QueuePlace place, HandOver handOver) {
        if (handOver == HandOver.NEVER) {
            return false;
        }
        return retain(place) || (handOver == HandOver.SOON && linger(place));
    }

    private boolean retain(QueuePlace place) {
        if (!isAllowed(place) || !sink.retain(place.id)) {
            return false;
        }
        place.retained = true;
        // If nothing was heard for long, the next confirmation decides.
        watch.want();
        sink.arm(QueueTimer.RETAIN, place.retainNanos);
        return true;
    }

    private boolean linger(QueuePlace place) {
        long nanos = watch.isOpen() && servesOthers(place) ? sink.lingerNanos(place.id) : 0;
        if (nanos == 0) {
            return false;
        }
        place.lingering = true;
        sink.arm(QueueTimer.LINGER, nanos);
        return true;
    }

    private boolean isAllowed(QueuePlace place) {
        return place.retainNanos > 0
                && place.retains
                && servesOthers(place)
                && !place.tainted
                && watch.isUnbroken()
                && place.isCovered()
                && !place.blocksOthers();
    }

    /** Whether a lock that is closed, and not wanted by anybody here, has not been wanted by other processes lately. */
    boolean isUnwanted(HandOver handOver) {
        return handOver == HandOver.SOON && !watch.isOpen();
    }

    /** Whether another request could hold the place, and no other place is there for it. */
    private boolean servesOthers(QueuePlace place) {
        return !place.lease.ofItsOwn() && places.second() == null && !place.isExhausted();
    }

    /** The lock is held again or given up. */
    void end(QueuePlace place) {
        if (place.retained) {
            place.retained = false;
            sink.disarm(QueueTimer.RETAIN);
            sink.retainNoLonger(place.id);
        }
        if (place.lingering) {
            place.lingering = false;
            sink.disarm(QueueTimer.LINGER);
        }
    }
}

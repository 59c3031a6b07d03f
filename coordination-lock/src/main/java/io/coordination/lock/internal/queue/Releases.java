package io.coordination.lock.internal.queue;

/** What follows the end of a hold: the lock goes to the next request, stays although nobody holds it, or leaves. */
final class Releases {

    private final RequestLine line;
    private final QueuePlaces places;
    private final TurnLimits turns;
    private final Retention retention;
    private final Arrivals arrivals;
    private final Departures departures;
    private final Dispatch dispatch;

    Releases(
            RequestLine line,
            QueuePlaces places,
            TurnLimits turns,
            Retention retention,
            Arrivals arrivals,
            Departures departures,
            Dispatch dispatch) {
        this.line = line;
        this.places = places;
        this.turns = turns;
        this.retention = retention;
        this.arrivals = arrivals;
        this.departures = departures;
        this.dispatch = dispatch;
    }

    /** A hold was released. */
    HoldEnd ended(long id, int number, PlaceMode mode, HandOver handOver) {
        QueuePlace place = places.find(id);
        if (place == null || !place.isOwned()) {
            return HoldEnd.UNKNOWN;
        }
        return switch (place.holders.end(number, mode)) {
            case UNKNOWN -> HoldEnd.UNKNOWN;
            case SHARED -> {
                if (handOver != HandOver.NEVER) {
                    weaken(place);
                }
                yield HoldEnd.LOCAL;
            }
            case NOBODY -> passOn(place, handOver);
            default -> HoldEnd.LOCAL;
        };
    }

    /** An exclusive hold becomes a shared one of the same number; false when there is no such hold. */
    boolean downgrade(long id, int number, HandOver handOver) {
        QueuePlace place = places.find(id);
        if (place == null || !place.isOwned() || !place.holders.isExclusive(number)) {
            return false;
        }
        place.holders.again(number, PlaceMode.SHARED);
        ended(id, number, PlaceMode.EXCLUSIVE, handOver);
        return true;
    }

    private void weaken(QueuePlace place) {
        departures.weaken(place);
        dispatch.proceed();
    }

    private HoldEnd passOn(QueuePlace place, HandOver handOver) {
        LocalRequest head = line.head();
        if (head == null) {
            return retention.begin(place, handOver) ? HoldEnd.LOCAL : leave(place, retention.isUnwanted(handOver));
        }
        if (places.second() != null || !place.serves(head) || head.triesOnce()) {
            return leave(place);
        }
        if (handOver != HandOver.NEVER && !place.isExhausted() && turns.mayFollow(place, head)) {
            dispatch.proceed();
            return HoldEnd.LOCAL;
        }
        return arrivals.replace(place, head) ? HoldEnd.LEAVING : leave(place);
    }

    private HoldEnd leave(QueuePlace place) {
        return leave(place, false);
    }

    private HoldEnd leave(QueuePlace place, boolean deferrable) {
        departures.leave(place, deferrable);
        dispatch.proceed();
        return HoldEnd.LEAVING;
    }

    // ---- retained locks

    /** A retained lock is not to be retained any longer. */
    void giveBack(long id) {
        QueuePlace place = places.find(id);
        if (place != null && place.retained) {
            leave(place);
        }
    }

    /** Nobody of this process has wanted the retained lock for long enough. */
    void retentionEnded() {
        for (QueuePlace place : places.current()) {
            giveBack(place.id);
        }
    }

    /** Nobody of this process has wanted the lock in the moment after its end. */
    void lingered() {
        for (QueuePlace place : places.current()) {
            if (place.lingering) {
                leave(place);
            }
        }
    }

    /** Gives a retained lock back if another process wants it, or cannot be excluded to. */
    void giveBackIfWanted(QueuePlace place) {
        if (place.retained && turns.isLimited(place)) {
            giveBack(place.id);
        }
    }
}

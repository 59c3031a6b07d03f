package io.coordination.lock.internal.queue;

/** Gives the holds of places to requests: whom a place may serve, and who holds it already. */
final class Granting {

    private final QueueSink sink;
    private final WatchState watch;
    private final RequestLine line;
    private final QueuePlaces places;
    private final TurnLimits turns;
    private final Retention retention;

    Granting(
            QueueSink sink,
            WatchState watch,
            RequestLine line,
            QueuePlaces places,
            TurnLimits turns,
            Retention retention) {
        this.sink = sink;
        this.watch = watch;
        this.line = line;
        this.places = places;
        this.turns = turns;
        this.retention = retention;
    }

    /** Serves requests with a place, in order, as long as it may. */
    void serve(QueuePlace place) {
        LocalRequest head = line.head();
        while (head != null && mayServe(place, head) && isReady(place)) {
            line.removeHead();
            grant(place, head);
            head = line.head();
        }
    }

    /** Somebody wants a lingering lock: whether it may have it while the turn of the place lasts, if it is of that kind. */
    boolean goesOn(QueuePlace place, LocalRequest request) {
        retention.end(place);
        return !place.serves(request) || turns.mayFollow(place, request);
    }

    /** Whether a request that came now would be served at once. */
    boolean hasRoomFor(LocalRequest request) {
        QueuePlace first = places.first();
        return line.isEmpty() && first != null && first.isOwned() && first.ready && mayServe(first, request);
    }

    private boolean mayServe(QueuePlace place, LocalRequest request) {
        return place.serves(request) && !place.isExhausted() && (place.holders.isEmpty() || mayJoin(place, request));
    }

    /** Sharers join a place that is held until somebody who blocks them may be waiting behind it. */
    private boolean mayJoin(QueuePlace place, LocalRequest request) {
        return place.mode.isShared() && !place.blocksOthers() && turns.mayJoin(place, request);
    }

    /** Every hold begins with a lease that has some life left. */
    private boolean isReady(QueuePlace place) {
        if (place.ready && place.holds() > 0) {
            place.ready = sink.prepare(place.id, false);
        }
        return place.ready;
    }

    private void grant(QueuePlace place, LocalRequest request) {
        retention.end(place);
        int number = place.nextHold();
        place.holders.add(number, request.owner(), request.mode());
        if (!sink.grant(request, place.id, number, request.mode())) {
            place.holders.end(number, request.mode());
            place.takeBack();
            return;
        }
        place.founded();
        turns.held(place);
        place.retainNanos = request.retainNanos();
        if (place.retainNanos > 0 || place.holds() > 1) {
            watch.want();
        }
        if (request.owner() != null) {
            serveAgain(request.owner());
        }
    }

    /** Those who came while their owner did not hold the lock yet. */
    private void serveAgain(Object owner) {
        for (LocalRequest request : line.of(owner)) {
            if (holdsAgain(request)) {
                line.remove(request);
            }
        }
    }

    /** Whether the owner of a request holds the lock already, so that the request is answered at once. */
    boolean holdsAgain(LocalRequest request) {
        if (request.owner() == null) {
            return false;
        }
        for (QueuePlace place : places.current()) {
            int number = place.holders.numberOf(request.owner());
            if (number >= 0) {
                grantAgain(place, number, request);
                return true;
            }
        }
        return false;
    }

    private void grantAgain(QueuePlace place, int number, LocalRequest request) {
        boolean stricter = !request.mode().isShared() && !place.holders.isExclusive(number);
        if (stricter) {
            sink.refuseUpgrade(request);
            return;
        }
        place.holders.again(number, request.mode());
        if (!sink.grant(request, place.id, number, request.mode())) {
            place.holders.end(number, request.mode());
        }
    }
}

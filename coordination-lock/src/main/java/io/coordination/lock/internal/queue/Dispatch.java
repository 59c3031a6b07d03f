package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import org.jspecify.annotations.Nullable;

/** Brings requests and places together: serves who can be served, and has no more and no fewer places than are wanted. */
final class Dispatch {

    private final RequestLine line;
    private final QueuePlaces places;
    private final TurnLimits turns;
    private final Granting granting;
    private final Arrivals arrivals;
    private final Departures departures;
    private final Retirement retirement;

    Dispatch(
            RequestLine line,
            QueuePlaces places,
            TurnLimits turns,
            Granting granting,
            Arrivals arrivals,
            Departures departures,
            Retirement retirement) {
        this.line = line;
        this.places = places;
        this.turns = turns;
        this.granting = granting;
        this.arrivals = arrivals;
        this.departures = departures;
        this.retirement = retirement;
    }

    // ---- what happens to requests

    /** A request comes: it is answered at once or joins the line. */
    void submit(LocalRequest request) {
        if (granting.holdsAgain(request)) {
            return;
        }
        boolean taken = places.isAnyCurrent() || !line.isEmpty();
        if (request.triesOnce() && taken && !granting.hasRoomFor(request)) {
            line.refuse(request);
            return;
        }
        line.add(request);
        if (places.isAnyQueued()) {
            line.queued(request);
        }
        proceed();
    }

    /** A request has ended by itself. */
    void withdrawn(LocalRequest request) {
        if (line.remove(request)) {
            proceed();
        }
    }

    /** The server could not be asked: what is still wanted is tried again later. */
    void failed(CoordinationException cause) {
        line.failUnlessEnduring(cause);
        if (line.isEmpty()) {
            proceed();
        } else {
            line.pause();
        }
    }

    void pauseEnded() {
        line.pauseEnded();
        proceed();
    }

    /** A single try has waited long enough for a retained lock. */
    void patienceEnded() {
        for (QueuePlace place : places.current()) {
            if (place.patient && !place.isOwned() && line.remove(place.founder())) {
                line.refuse(place.founder());
            }
        }
        proceed();
    }

    // ---- requests and places

    /** Does all that is possible now, whatever has changed. */
    void proceed() {
        if (retirement.isClosed()) {
            retirement.retireIfAllLeft();
            return;
        }
        if (line.isPausing()) {
            return;
        }
        boolean again = true;
        while (again) {
            places.promote();
            again = step(places.first()) || step(places.second());
        }
        beginNext();
        retirement.rest();
    }

    /** Does the next thing about a place; true when that changed the places. */
    private boolean step(@Nullable QueuePlace place) {
        if (place == null) {
            return false;
        }
        if (place.isOwned()) {
            return serve(place);
        }
        LocalRequest head = line.head();
        if (head == null || !place.serves(head)) {
            departures.leave(place);
            return true;
        }
        return false;
    }

    private boolean serve(QueuePlace place) {
        LocalRequest next = line.head();
        if (place.lingering && next != null && endsTurn(place, next)) {
            return true;
        }
        granting.serve(place);
        LocalRequest head = line.head();
        boolean served = head == null ? place.isKept() : place.serves(head) && !place.isExhausted();
        if (!place.holders.isEmpty() || served) {
            return false;
        }
        if (head == null || !place.serves(head) || !arrivals.replace(place, head)) {
            departures.leave(place);
        }
        return true;
    }

    /** Somebody wants a lingering lock again: its place goes if its turn is over by now. */
    private boolean endsTurn(QueuePlace place, LocalRequest head) {
        boolean over = !granting.goesOn(place, head);
        if (over && (head.triesOnce() || !arrivals.replace(place, head))) {
            departures.leave(place);
        }
        return over;
    }

    /** Queues a key for the first request that no place serves. */
    private void beginNext() {
        LocalRequest head = line.head();
        if (head == null) {
            return;
        }
        QueuePlace first = places.first();
        if (first == null) {
            if (!head.triesOnce() || !places.isAnyLeaving()) {
                retirement.stopIdling();
                arrivals.begin(head);
            }
        } else if (first.isOwned()) {
            turns.limit(first);
            if (places.second() == null && wantsPlaceBehind(first, head)) {
                arrivals.begin(head);
            }
        }
    }

    /** Whether a request has to queue while the lock is held here, instead of waiting for a local hand-over. */
    private static boolean wantsPlaceBehind(QueuePlace first, LocalRequest head) {
        boolean behind = !head.mode().equals(first.mode) || first.mode.isShared();
        return behind && !first.holders.isEmpty() && first.ready && !head.triesOnce();
    }
}

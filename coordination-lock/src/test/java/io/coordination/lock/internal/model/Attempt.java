package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;

/**
 * What the shell around the machine knows about one place: which key, and which copies of its enqueue may come late.
 *
 * @param created the create revision of the key; 0 as long as it is not known
 * @param unchangedSince how it tries; -1 when it queues
 * @param ghostFence the fence that a copy without an answer carried; 0 when there is none
 * @param resolved whether the last copy was answered
 * @param othersSince how many holds were granted since others were known to wait; -1 before
 */
record Attempt(
        long place,
        Call.Ticket ticket,
        long created,
        long unchangedSince,
        long ghostFence,
        boolean resolved,
        boolean givenUp,
        int othersSince) {

    static Attempt of(long place, Call.Ticket ticket) {
        return new Attempt(place, ticket, 0, -1, 0, true, false, -1);
    }

    Attempt trying(long since) {
        return new Attempt(place, ticket, created, since, ghostFence, resolved, givenUp, othersSince);
    }

    Attempt createdAt(long revision) {
        return new Attempt(place, ticket, revision, unchangedSince, ghostFence, true, givenUp, othersSince);
    }

    Attempt unanswered(long fence) {
        return new Attempt(place, ticket, created, unchangedSince, fence, false, givenUp, othersSince);
    }

    Attempt answered() {
        return new Attempt(place, ticket, created, unchangedSince, ghostFence, true, givenUp, othersSince);
    }

    Attempt abandoned() {
        return new Attempt(place, ticket, created, unchangedSince, ghostFence, resolved, true, othersSince);
    }

    Attempt othersSince(int holds) {
        return new Attempt(place, ticket, created, unchangedSince, ghostFence, resolved, givenUp, holds);
    }

    /** Weaker than it was queued. */
    Attempt in(PlaceMode mode) {
        Call.Ticket weaker = new Call.Ticket(ticket.key(), mode, ticket.retaining(), ticket.lease());
        return new Attempt(place, weaker, created, unchangedSince, ghostFence, resolved, givenUp, othersSince);
    }

    /** Whether it is not known yet what became of it. */
    boolean isOpen() {
        return created == 0;
    }

    String key() {
        return ticket.key();
    }
}

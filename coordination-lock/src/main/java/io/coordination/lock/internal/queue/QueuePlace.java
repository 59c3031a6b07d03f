package io.coordination.lock.internal.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One key of this process in the queue, from the wish for it to the certainty that it is gone. */
final class QueuePlace {

    /** The token has 16 bits for the number of a hold. */
    static final int HOLDS = 65_536;

    /** Where a place stands. */
    enum State {
        /** A lease is looked for. */
        RESERVING,
        /** What became of the enqueue is open. */
        ENQUEUEING,
        /** The key is in the queue, behind others. */
        WAITING,
        /** The key was deleted by somebody else before its turn; why is being asked. */
        VANISHED,
        /** Nothing is ahead that matters. */
        OWNED,
        /** On its way out: what happens to the key is of interest to nobody. */
        LEAVING
    }

    final long id;
    final LocalRequest founder;
    State state = State.RESERVING;
    PlaceMode mode;
    LeaseClass lease;
    Holders holders = new Holders();
    Turn turn = new Turn();

    @Nullable
    String key;

    @Nullable
    QueuePosition position;

    /** A copy of the enqueue may be applied late. */
    boolean tainted;

    /** The lease has enough life left for a new hold. */
    boolean ready;

    /** A single try that waits for a retained lock to be given up. */
    boolean patient;

    /** Owned although nobody holds it. */
    boolean retained;

    /** For how long it may be retained, by the request that held it last. */
    long retainNanos;

    private int holds;

    QueuePlace(long id, LocalRequest founder) {
        this.id = id;
        this.founder = founder;
        this.mode = founder.mode();
        this.lease = founder.leaseClass();
    }

    boolean isOwned() {
        return state == State.OWNED;
    }

    boolean isWaiting() {
        return state == State.WAITING;
    }

    boolean isLeaving() {
        return state == State.LEAVING;
    }

    /** Whether the key is known to be in the queue. */
    boolean isQueued() {
        return state == State.WAITING || state == State.OWNED;
    }

    /** Whether a request asks for a place like this one, on such a lease. */
    boolean serves(LocalRequest request) {
        if (request == founder) {
            return true;
        }
        return mode.permits() == 0
                && request.mode().equals(mode)
                && !lease.ofItsOwn()
                && lease.equals(request.leaseClass());
    }

    boolean isExhausted() {
        return holds == HOLDS;
    }

    /** How many holds it has had. */
    int holds() {
        return holds;
    }

    /** The number of a new hold. */
    int nextHold() {
        return holds++;
    }

    /** The number was not used. */
    void takeBack() {
        holds--;
    }

    boolean isCovered() {
        return position != null && position.isCovered();
    }

    /** Whether another process is known to wait for this place. */
    boolean blocksOthers() {
        return position != null && position.blocksOthers(mode);
    }

    QueuePlace copy() {
        QueuePlace copy = new QueuePlace(id, founder);
        copy.state = state;
        copy.mode = mode;
        copy.lease = lease;
        copy.holders = holders.copy();
        copy.turn = turn.copy();
        copy.key = key;
        copy.position = position == null ? null : position.copy();
        copy.tainted = tainted;
        copy.ready = ready;
        copy.patient = patient;
        copy.retained = retained;
        copy.retainNanos = retainNanos;
        copy.holds = holds;
        return copy;
    }

    Object state() {
        return List.of(
                List.of(id, founder, state, mode, lease),
                holders.state(),
                turn.state(),
                key == null ? "" : key,
                QueuePosition.stateOf(position),
                List.of(tainted, ready, patient, retained, retainNanos, holds));
    }
}

package io.coordination.lock.internal.queue;

import java.util.List;
import java.util.Objects;
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
    /** Whether the request that it was made for asked for the lock to be retained afterwards. */
    final boolean retains;

    State state = State.RESERVING;
    PlaceMode mode;
    LeaseClass lease;
    Holders holders = new Holders();
    Turn turn = new Turn();

    @Nullable
    String key;

    @Nullable
    QueuePosition position;

    private @Nullable LocalRequest founder;

    /** A copy of the enqueue may be applied late. */
    boolean tainted;

    /** The lease has enough life left for a new hold. */
    boolean ready;

    /** A single try that waits for a retained lock to be given up. */
    boolean patient;

    /** Owned although nobody holds it. */
    boolean retained;

    /** Owned for a moment although nobody holds it. */
    boolean lingering;

    /** For how long it may be retained, by the request that held it last. */
    long retainNanos;

    private int holds;

    QueuePlace(long id, LocalRequest founder) {
        this(id, founder.retainNanos() > 0, founder.mode(), founder.leaseClass());
        this.founder = founder;
    }

    private QueuePlace(long id, boolean retains, PlaceMode mode, LeaseClass lease) {
        this.id = id;
        this.retains = retains;
        this.mode = mode;
        this.lease = lease;
    }

    /** A place that is held. */
    static QueuePlace of(QuietHold hold) {
        QueuePlace place = new QueuePlace(hold.place(), false, hold.mode(), hold.lease());
        place.key = hold.key();
        place.position = QueuePosition.of(hold);
        place.state = State.OWNED;
        place.ready = true;
        place.holders.add(place.nextHold(), null, hold.mode());
        place.turn.held(true);
        return place;
    }

    /** The request that it was made for, of interest until somebody holds the place. */
    LocalRequest founder() {
        return Objects.requireNonNull(founder);
    }

    /** Whether it stays although nobody holds it. */
    boolean isKept() {
        return retained || lingering;
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

    /** Somebody holds the place: from now on its kind decides whom it serves. */
    void founded() {
        founder = null;
    }

    boolean isCovered() {
        return position != null && position.isCovered();
    }

    /** Whether another process is known to wait for this place. */
    boolean blocksOthers() {
        return position != null && position.blocksOthers(mode);
    }

    QueuePlace copy() {
        QueuePlace copy = new QueuePlace(id, retains, mode, lease);
        copy.founder = founder;
        copy.state = state;
        copy.holders = holders.copy();
        copy.turn = turn.copy();
        copy.key = key;
        copy.position = position == null ? null : position.copy();
        copy.tainted = tainted;
        copy.ready = ready;
        copy.patient = patient;
        copy.retained = retained;
        copy.lingering = lingering;
        copy.retainNanos = retainNanos;
        copy.holds = holds;
        return copy;
    }

    Object state() {
        return List.of(
                List.of(id, retains, founder == null ? "" : founder, state, mode, lease),
                holders.state(),
                turn.state(),
                key == null ? "" : key,
                QueuePosition.stateOf(position),
                List.of(tainted, ready, patient, retained, lingering, retainNanos, holds));
    }
}

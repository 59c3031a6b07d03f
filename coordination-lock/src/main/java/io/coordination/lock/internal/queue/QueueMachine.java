package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that one process wants of one lock, and what it does about it: its requests in order, and at most two keys in the queue,
 * one that is held and one that waits.
 *
 * <p>Requests of one kind share a place. The lock goes from one to the next within the process as long as nobody else waits, and
 * for a limited number of holds and time when somebody does; then the key is replaced by one at the end of the queue.
 *
 * <p>Inputs are the public methods; commands go to the {@link QueueSink}. Inputs about places that are over are ignored. Not
 * thread-safe, and an input must not be given while another one is digested. Two machines with equal {@link #state()} behave
 * alike.
 */
public final class QueueMachine {

    /** How long the turn of a place lasts while others wait, or may wait. */
    public static final long TURN_NANOS = 10_000_000L;

    private final QueueSink sink;
    private final WatchState watch;
    private final RequestLine line;
    private final QueuePlaces places;
    private final Retirement retirement;
    private final Departures departures;
    private final Dispatch dispatch;
    private final Releases releases;
    private final Observation observation;
    private final PlaceAnswers answers;

    /** A machine of which nothing is wanted yet. */
    public QueueMachine(QueueSink sink) {
        this(sink, new WatchState(sink), new RequestLine(sink), new QueuePlaces());
    }

    /** A machine that knows no more than that a lock is held. */
    public static QueueMachine of(QueueSink sink, QuietHold hold) {
        return new QueueMachine(sink, new WatchState(sink), new RequestLine(sink), QueuePlaces.of(hold));
    }

    private QueueMachine(QueueSink sink, WatchState watch, RequestLine line, QueuePlaces places) {
        this(sink, watch, line, places, new Retirement(sink, watch, line, places));
    }

    /** All that changes is in these parts; the others are made around them, each of those that come before it. */
    private QueueMachine(
            QueueSink sink, WatchState watch, RequestLine line, QueuePlaces places, Retirement retirement) {
        this.sink = sink;
        this.watch = watch;
        this.line = line;
        this.places = places;
        this.retirement = retirement;
        TurnLimits turns = new TurnLimits(sink, watch);
        Retention retention = new Retention(sink, watch, places);
        Granting granting = new Granting(sink, watch, line, places, turns, retention);
        departures = new Departures(sink, places, retention);
        Arrivals arrivals = new Arrivals(sink, watch, places, departures);
        dispatch = new Dispatch(line, places, turns, granting, arrivals, departures, retirement);
        releases = new Releases(line, places, turns, retention, arrivals, departures, dispatch);
        observation = new Observation(sink, watch, places, departures, dispatch, releases);
        answers = new PlaceAnswers(sink, line, places, arrivals, departures, dispatch, observation);
    }

    // ---- inputs: requests and holds

    /**
     * A new request.
     *
     * @return false when the machine is finished, or about to be, and the request has to go elsewhere
     */
    public boolean submit(LocalRequest request) {
        if (retirement.isClosed() || retirement.isRetired()) {
            return false;
        }
        dispatch.submit(request);
        return true;
    }

    /** A request has ended by itself. */
    public void withdrawn(LocalRequest request) {
        dispatch.withdrawn(request);
    }

    /**
     * A hold was released.
     *
     * @param number of the hold in its place
     * @param mode how it was granted
     * @param handOver to whom of this process the lock may go
     */
    public HoldEnd holdEnded(long id, int number, PlaceMode mode, HandOver handOver) {
        return releases.ended(id, number, mode, handOver);
    }

    /**
     * An exclusive hold becomes a shared one of the same number.
     *
     * @param handOver as for {@link #holdEnded}; if to nobody, then nobody else comes in before this one is over
     * @return false when there is no such hold
     */
    public boolean downgrade(long id, int number, HandOver handOver) {
        return releases.downgrade(id, number, handOver);
    }

    /** A retained lock is not to be retained any longer. */
    public void giveBack(long id) {
        releases.giveBack(id);
    }

    /**
     * Ends everything here: requests fail, holds are over, keys go, but for those with a lease of their own.
     *
     * @param cause what requests fail with
     */
    public void close(CoordinationException cause) {
        if (retirement.isClosed()) {
            return;
        }
        retirement.close();
        line.failAll(cause);
        places.current().forEach(departures::close);
        for (QueueTimer timer : QueueTimer.values()) {
            sink.disarm(timer);
        }
        watch.close();
        dispatch.proceed();
    }

    // ---- inputs: answers about places

    /**
     * A lease has room for the key of a place.
     *
     * @return false when the place is not wanted any more, and neither is the room
     */
    public boolean reserved(long id, String key) {
        return answers.reserved(id, key);
    }

    /** There is no lease. */
    public void reserveFailed(long id, CoordinationException cause) {
        answers.reserveFailed(id, cause);
    }

    /**
     * The key of a place is in the queue.
     *
     * @param queue as it was when that was answered
     * @param tainted whether a copy of the enqueue may still be applied
     */
    public void placed(long id, long createRevision, QueueView queue, boolean tainted) {
        answers.placed(id, createRevision, queue, tainted);
    }

    /**
     * An attempt found the lock not free.
     *
     * @param queue as it was when that was answered
     * @param tainted whether a copy of the attempt may still be applied
     * @param patienceNanos how long a retained lock takes to be given up, at most
     */
    public void refused(long id, QueueView queue, boolean tainted, long patienceNanos) {
        answers.refused(id, queue, tainted, patienceNanos);
    }

    /**
     * The server could not be asked, or refused for good.
     *
     * @param tainted whether a copy may have been, or may still be, applied
     */
    public void enqueueFailed(long id, CoordinationException cause, boolean tainted) {
        answers.enqueueFailed(id, cause, tainted);
    }

    /** The lease that a place was to be queued with is gone. */
    public void leaseGone(long id) {
        answers.gone(id, LockLostReason.SESSION);
    }

    /** The key that a new one was to replace was gone, so nothing was written. */
    public void predecessorGone(long id) {
        answers.gone(id, LockLostReason.FORCED);
    }

    /** No copy of a place's enqueue can be applied any more. */
    public void settled(long id) {
        answers.settled(id);
    }

    /** The mode of a key was weakened, or the key was gone. */
    public void weakened(long id, boolean applied) {
        if (!applied) {
            lost(id, LockLostReason.FORCED, Optional.empty());
        }
    }

    /**
     * The key of a place is certainly gone, or its lease is over.
     *
     * @param revision of the deletion; 0 when unknown
     */
    public void left(long id, long revision) {
        answers.left(id, revision);
    }

    /** The lease of an owned place has enough life left. */
    public void prepared(long id) {
        answers.prepared(id);
    }

    /** The key of a place is being moved to another lease, which from now on decides whether it may be left behind. */
    public void moving(long id, boolean toOneOfItsOwn) {
        answers.moving(id, toOneOfItsOwn);
    }

    /** The key of a place hangs on another lease now. */
    public void moved(long id, LeaseClass lease) {
        answers.moved(id, lease);
    }

    /** Somebody else deleted the key of a place. */
    public void deleted(long id) {
        observation.deleted(id);
    }

    /** A place was taken away by force, and who waits for it is not to queue again. */
    public void evicted(long id, CoordinationException cause) {
        answers.evicted(id, cause);
    }

    /** The key of a place is gone, or nothing proves any more that it is not. */
    public void lost(long id, LockLostReason reason, Optional<Throwable> cause) {
        answers.lost(id, reason, cause);
    }

    /** The lock is looked after in a while if it is held for so long. */
    public void lookAfter() {
        observation.lookAfterInAWhile();
    }

    // ---- questions

    /**
     * Where a request waits.
     *
     * @param place with which its turn comes
     * @param behindHolders whether the place has the lock already, so that the request waits for those who hold it
     * @param before the requests of this process that come first and block it
     */
    public record Waiting(long place, boolean behindHolders, List<LocalRequest> before) {}

    /** Where a request waits; null when it does not, or when no key of this process is known to be in the queue. */
    public @Nullable Waiting waiting(LocalRequest request) {
        QueuePlace place = places.second() == null ? places.first() : places.second();
        if (place == null || !place.isQueued() || !line.contains(request)) {
            return null;
        }
        return new Waiting(place.id, place.isOwned() && !place.holders.isEmpty(), line.blocking(request));
    }

    // ---- inputs: the watch, reads, timers

    /**
     * The server has the watch, for the first time or again.
     *
     * @param floor the revision after which nothing is missed
     */
    public void watchLive(long floor) {
        observation.live(floor);
    }

    /** All changes of one revision. */
    public void watchChanged(long revision, List<QueueChange> changes) {
        observation.changed(revision, changes);
    }

    /** The server says that nothing else has happened. */
    public void watchHeard() {
        watch.heard();
    }

    /** The server cannot be heard; nothing is missed so far. */
    public void watchInterrupted() {
        observation.interrupted();
    }

    /** Revisions were missed, and the watch has ended. */
    public void watchGap() {
        observation.gap();
    }

    /** The queue was read as a whole. */
    public void queueRead(QueueView queue) {
        observation.read(queue);
    }

    /** The queue could not be read. */
    public void readFailed() {
        watch.readFailed(places.isAnyCurrent());
    }

    /** The permits of a semaphore. */
    public void limit(long permits) {
        observation.limit(permits);
    }

    /** A timer has run out. */
    public void timer(QueueTimer timer) {
        switch (timer) {
            case RELIST -> watch.relistAgain(places.isAnyWaiting());
            case READ_AGAIN -> observation.readAgain();
            case LOOK_AFTER -> observation.lookAfter();
            case BATCH -> places.current().forEach(place -> place.turn.end());
            case CONFIRM -> observation.confirmAgain();
            case RETAIN -> releases.retentionEnded();
            case LINGER -> releases.lingered();
            case PATIENCE -> dispatch.patienceEnded();
            case PAUSE -> dispatch.pauseEnded();
            case IDLE -> retirement.idled();
        }
    }

    /** Whether nothing is wanted, held or under way any more, for good. */
    public boolean isFinished() {
        return retirement.isRetired();
    }

    /** Whether it knows no more than that a lock is held: a machine {@linkplain #of made from that} would go on for this one. */
    public boolean isOnly(QuietHold hold) {
        return state().equals(of(sink, hold).state());
    }

    // ---- for model checkers

    /** A machine in the same state that gives its commands to another sink. */
    public QueueMachine copy(QueueSink other) {
        WatchState itsWatch = watch.copy(other);
        RequestLine itsLine = line.copy(other);
        QueuePlaces itsPlaces = places.copy();
        return new QueueMachine(
                other, itsWatch, itsLine, itsPlaces, retirement.copy(other, itsWatch, itsLine, itsPlaces));
    }

    /** All that the behaviour of the machine depends on, with {@code equals} and {@code hashCode}. */
    public Object state() {
        return List.of(line.state(), places.state(), watch.state(), retirement.state());
    }
}

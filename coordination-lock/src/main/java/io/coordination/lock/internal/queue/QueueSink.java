package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what a {@link QueueMachine} decides. Calls come while the machine digests an input; answers to them must be given
 * as inputs of their own, afterwards and never from within a call.
 *
 * <p>Places are told apart by numbers that the machine gives. Whatever is "sent until definite" is repeated by the sink until an
 * answer says what became of it or the lease is over.
 */
public interface QueueSink {

    /**
     * A lease with room for one key is needed: {@link QueueMachine#reserved} or {@link QueueMachine#reserveFailed}.
     *
     * @param founder the request that the place is made for
     */
    void reserve(long place, LocalRequest founder);

    /**
     * Joins the queue: {@link QueueMachine#placed}, {@link QueueMachine#enqueueFailed} or {@link QueueMachine#leaseGone}.
     */
    void enqueue(long place);

    /**
     * Takes the lock if nothing has changed in the queue since a revision, writing nothing otherwise: the answers of
     * {@link #enqueue}, or {@link QueueMachine#refused}.
     *
     * @param unchangedSince the revision of a view that left room for this place; 0 when the queue has to be empty
     */
    void attempt(long place, long unchangedSince);

    /** Sends no further copy of an enqueue or attempt; its outcome still comes. */
    void giveUp(long place);

    /**
     * Replaces a key by a new one of the same lease at the end of the queue, in one transaction that is sent until definite:
     * {@link QueueMachine#placed}, {@link QueueMachine#predecessorGone} or {@link QueueMachine#leaseGone} for the successor, and
     * {@link QueueMachine#left} for the old one.
     *
     * @param founder the request that the successor is made for
     * @return the successor's key, or null when the lease does not allow it at this moment; then nothing is sent
     */
    @Nullable
    String requeue(long place, long successor, LocalRequest founder);

    /** Weakens the mode of a key, sent until definite. {@link QueueMachine#weakened} follows. */
    void weaken(long place, PlaceMode mode);

    /**
     * Deletes a key of which no copy can come late, sent until definite: {@link QueueMachine#left}.
     *
     * @param deferrable whether it may wait a moment for a request that it can travel with, because nobody is known to wait for it
     */
    void release(long place, boolean deferrable);

    /** Ends an attempt of which copies may come late, by moving the fence, sent until definite: {@link QueueMachine#left}. */
    void close(long place);

    /** Moves the fence, so that no copy of the enqueue can come late: {@link QueueMachine#settled}. */
    void settle(long place);

    /** Somebody else deleted the key of a place that waits: {@link QueueMachine#evicted} or {@link QueueMachine#lost}. */
    void vanished(long place);

    /** Forgets a place of which no key exists nor ever will. {@link QueueMachine#left} does not follow. */
    void drop(long place);

    /** Lets a key stay until its lease has run out, and forgets it; {@link QueueMachine#left} does not follow. */
    void abandon(long place);

    /**
     * Whether the lease of an owned place has enough life left for a new hold. If not it is renewed, and
     * {@link QueueMachine#prepared} follows unless the lease is lost.
     *
     * @param first whether it is the first hold of the place, from which a fixed TTL counts
     */
    boolean prepare(long place, boolean first);

    /** Reads the queue: {@link QueueMachine#queueRead} or {@link QueueMachine#readFailed}. */
    void readQueue();

    /** Opens the watch from now on: {@link QueueMachine#watchLive}. */
    void openWatch();

    /** Closes the watch; nothing more is heard of it. */
    void closeWatch();

    /** Calls {@link QueueMachine#timer} after some time. A timer of this kind that runs already is replaced. */
    void arm(QueueTimer timer, long nanos);

    /** Forgets a timer, if it runs. */
    void disarm(QueueTimer timer);

    /** The key of a request's place is in the queue; told once or several times. */
    void queued(LocalRequest request);

    /**
     * Gives a lock out.
     *
     * @param number of the hold in its place, which the token ends with; the same for re-entries
     * @param mode exclusive or shared: a request of an exclusive owner to share gets a shared hold of the same place
     * @return false when the request had ended before
     */
    boolean grant(LocalRequest request, long place, int number, PlaceMode mode);

    /** A single try found the lock not free. */
    void refuse(LocalRequest request);

    /** A request cannot be met. */
    void fail(LocalRequest request, CoordinationException cause);

    /** A request of an owner that would wait for itself for ever: it shares the lock and asks for it exclusively. */
    void refuseUpgrade(LocalRequest request);

    /** All holds of a place are over. */
    void lose(long place, LockLostReason reason, Optional<Throwable> cause);

    /**
     * The lock may stay here although nobody holds it. Whoever has too many of them calls {@link QueueMachine#giveBack} for one.
     *
     * @return false when this process must not retain any
     */
    boolean retain(long place);

    /** The lock is held again or given up. */
    void retainNoLonger(long place);

    /**
     * How long a lock waits for the next request of this process when nobody here waits for its end; 0 for not at all, which it is
     * as soon as the place has been owned for {@link QueueMachine#TURN_NANOS}.
     */
    long lingerNanos(long place);

    /** Nothing is wanted any more and nothing is under way: the machine is finished. */
    void retire();
}

package io.coordination.lock.election;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A candidate in an election, from the campaign to its end, through any number of leaderships.
 *
 * <p>When leadership is lost, because the session was lost or an operator deleted the key, the candidate stands again at the end
 * of the queue, unless {@link LeaderOptions#rejoin()} is off.
 *
 * <p>Thread-safe. {@code isLeader}, {@code leadership} and {@code close} do not wait for the server.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface Candidacy extends AutoCloseable {
    /**
     * Whether this candidate certainly leads: it was elected, has not stopped, and nobody else can have been elected yet.
     *
     * @return true while no other leader is possible
     */
    boolean isLeader();

    /**
     * The present leadership.
     *
     * @return empty while {@link #isLeader()} is false
     */
    Optional<Leadership> leadership();

    /**
     * Replaces the payload that others see, and waits until it is stored. The place and the token stay. A later leadership begins
     * with the payload of the campaign again. Blocks at most for the request timeout; an interrupt ends it with {@code CANCELLED}.
     *
     * @param payload at most 4,096 bytes in UTF-8
     * @throws io.coordination.LockLostException when leadership was lost meanwhile
     * @throws io.coordination.CoordinationException {@code INVALID_STATE} when this candidate does not lead: only the leader may
     *     proclaim; {@code VALIDATION_ERROR} for a longer payload; {@code TIMEOUT_ERROR} without an answer: the outcome is unknown,
     *     and the call goes on in the background
     */
    void proclaim(String payload);

    /**
     * Gives the leadership up, if there is one, and stands again at the end of the queue. {@link #isLeader()} is false from the
     * start. Waits until the server has confirmed both, at most for the request timeout: whoever steps down afterwards stands
     * behind this candidate. Uninterruptible. Stop the work before: the next leader may begin before {@link
     * LeadershipListener#onStopped} was called.
     *
     * @return true when this call ended a leadership
     * @throws io.coordination.CoordinationTimeoutException without an answer: it goes on in the background
     */
    boolean stepDown();

    /**
     * Ends the candidacy for good and waits for the server's answer, at most for the request timeout. {@link #isLeader()} is false
     * from the start. Uninterruptible. Stop the work before, as for {@link #stepDown()}.
     *
     * @return true when this call ended a leadership
     * @throws io.coordination.CoordinationTimeoutException without an answer: it goes on in the background
     */
    boolean resign();

    /** As {@link #resign()}, without waiting. Idempotent, never throws. */
    @Override
    void close();

    /**
     * The end of the candidacy.
     *
     * @return a stage that completes on the callback executor: normally when it was resigned, closed, or ended with the
     *     coordinator; with {@link io.coordination.LockLostException} when leadership or the place in the queue was lost and
     *     {@link LeaderOptions#rejoin()} is off; with another {@link io.coordination.CoordinationException} when the server refuses
     *     for good, for example {@code PERMISSION_DENIED}
     */
    CompletionStage<Void> ended();
}

package io.coordination.lock.election;

import java.time.Duration;
import java.time.Instant;

/**
 * One time as the leader, from the election to its end. As with a lock, only a check of the {@link #fencingToken()} by what is
 * written to stops a process that was paused after it asked {@link #isHeld()}.
 *
 * <p>Thread-safe; nothing here waits for the server.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface Leadership {
    /**
     * A number that grows from leader to leader of this election.
     *
     * @return the same positive number for the whole leadership
     */
    long fencingToken();

    /**
     * When it began.
     *
     * @return by the wall clock of this process; for display
     */
    Instant since();

    /**
     * Whether it certainly lasts.
     *
     * @return true while no other leader is possible
     */
    boolean isHeld();

    /**
     * For how long it is certain that nobody else can be elected if no further renewal succeeds.
     *
     * @return zero when it is over
     */
    Duration remaining();
}

package io.coordination.lock.job;

import io.coordination.lock.LockHandle;
import java.time.Duration;

/**
 * One run of a job, as the job sees it. Thread-safe, also for threads that the job starts.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface JobRun {
    /**
     * The name of the job.
     *
     * @return the name as it was given
     */
    String name();

    /**
     * A number that grows from run to run, see {@link LockHandle#fencingToken()}.
     *
     * @return the token of the job's lock
     */
    long fencingToken();

    /**
     * Whether the lock is held for certain: false from {@code atMost} on, after a loss, and after the run.
     *
     * @return true while no other process can run the job
     */
    boolean isHeld();

    /**
     * For how long that is certain if no renewal succeeds; never beyond {@code atMost}.
     *
     * @return zero when it is not held
     */
    Duration remaining();

    /**
     * Makes sure that the lock is held. Does not ask the server.
     *
     * @throws io.coordination.LockLostException when it is not certainly held: stop the work
     */
    void assertHeld();
}

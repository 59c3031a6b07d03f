package io.coordination.lock.job;

/**
 * Hears what becomes of a job. Called on the thread that runs the job, in order; what a method throws is logged and changes
 * nothing.
 */
public interface JobListener {
    /**
     * The lock was taken, and the job begins.
     *
     * @param run the run
     */
    default void executed(JobRun run) {}

    /**
     * The job returned, with its lock held to the end.
     *
     * @param run the run
     */
    default void finished(JobRun run) {}

    /**
     * The job threw, or its lock did not last to its end.
     *
     * @param run the run
     * @param failure what {@link JobLock#run} will throw
     */
    default void failed(JobRun run, Throwable failure) {}

    /**
     * The job was skipped: it runs somewhere else, or was begun less than {@code atLeast} ago.
     *
     * @param name the name of the job
     */
    default void skipped(String name) {}
}

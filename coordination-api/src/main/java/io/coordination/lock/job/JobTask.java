package io.coordination.lock.job;

/**
 * The work of a {@link JobLock}.
 *
 * @param <X> what it may throw beside unchecked exceptions
 */
@FunctionalInterface
public interface JobTask<X extends Exception> {
    /**
     * Does the work.
     *
     * @param run tells whether the lock is still held
     * @throws X as it likes; it passes through {@link JobLock#run}
     */
    void run(JobRun run) throws X;
}

package io.coordination.lock.job;

/**
 * Lets a scheduled job run in one process at a time, and not more often than wanted. Who cannot run skips; nobody waits.
 *
 * <pre>{@code
 * JobLock report = coordinator.lock().job("nightly-report", JobOptions.builder()
 *         .atLeast(Duration.ofMinutes(10)).atMost(Duration.ofHours(1)).build());
 * boolean ran = report.run(run -> {
 *     for (Customer customer : customers) {
 *         run.assertHeld();
 *         write(customer, run.fencingToken());
 *     }
 * });
 * }</pre>
 *
 * <p>While a job runs, its process holds the lock {@code <name>}, with a lease that is renewed. After the lock was taken, the job is not
 * begun anywhere for {@link JobOptions#atLeast()}: that is kept by a key on a lease of its own, which nobody renews and which outlives
 * this process.
 *
 * <p>Thread-safe: a second call while a run is under way skips, on the same thread too.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface JobLock {
    /**
     * The name of the job.
     *
     * @return the name as it was given
     */
    String name();

    /**
     * Runs the job on this thread, unless it runs somewhere or was begun less than {@code atLeast} ago.
     *
     * @param task the job
     * @param <X> what it may throw
     * @return true when it ran, false when it was skipped
     * @throws io.coordination.LockLostException after the task, when it returned but the lock had not lasted to its end, also
     *     because {@code atMost} had passed: another process may have run the job as well
     * @throws io.coordination.CoordinationException {@code CONNECTION_ERROR}, {@code TIMEOUT_ERROR}, {@code SERVICE_UNAVAILABLE} or
     *     {@code PERMISSION_DENIED} when the server cannot be asked, {@code CLOSED} after the coordinator was closed, {@code CANCELLED}
     *     when interrupted before the job began; then the job did not run
     * @throws X what the task throws
     */
    <X extends Exception> boolean run(JobTask<X> task) throws X;

    /**
     * Makes sure that the calling thread is inside a run of this object that still has its lock: for code that is not handed the
     * {@link JobRun}.
     *
     * @throws io.coordination.LockLostException when the lock is not certainly held any more
     * @throws io.coordination.CoordinationException {@code INVALID_STATE} when this thread is in no run
     */
    void assertHeld();
}

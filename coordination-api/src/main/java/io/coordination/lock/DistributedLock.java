package io.coordination.lock;

import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.election.LeaderElection;
import io.coordination.lock.job.JobLock;
import io.coordination.lock.job.JobOptions;
import io.coordination.lock.synchronizer.DistributedBarrier;
import io.coordination.lock.synchronizer.DistributedCounter;
import io.coordination.lock.synchronizer.DistributedLatch;
import io.coordination.lock.synchronizer.DistributedSemaphore;
import io.coordination.lock.watchdog.WatchdogManager;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * The locks of a coordinator: at most one owner per name among all processes of the namespace, in the order in which they
 * asked.
 *
 * <pre>{@code
 * try (LockHandle lock = locks.acquire("orders/42", Duration.ofSeconds(30))) {
 *     ship(lock.fencingToken());
 * }
 * }</pre>
 *
 * <p>A lock renews itself while it is held, unless {@link LockOptions#fixedTtl()}. Locks are not reentrant unless
 * {@link LockOptions#owner()} says who owns them: otherwise a thread that asks for a lock that it holds waits for itself. A handle
 * belongs to no thread; any thread may release it.
 *
 * <p><b>Names</b> are one segment: not blank, no control characters, no white space at the ends, at most 512 bytes in UTF-8.
 * {@code /} is a character like any other, so {@code a} and {@code a/b} are unrelated.
 *
 * <p><b>Leaving the queue</b>: a wait that ends by time, interrupt, cancellation or failure leaves no key behind.
 *
 * <p><b>Outages</b>: a wait rides out interruptions of the connection that are shorter than the TTL. After a longer one it
 * queues again, at the end.
 *
 * <p>Thread-safe. Every method throws a {@link io.coordination.CoordinationException}: {@code VALIDATION_ERROR} for a bad name
 * or TTL, {@code CONNECTION_ERROR}, {@code SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when the server cannot be asked,
 * {@code CLOSED} after the coordinator was closed, also while waiting. The asynchronous forms throw only
 * {@code VALIDATION_ERROR} and {@code CLOSED} directly or through the future, and everything else through the future.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface DistributedLock {
    /**
     * Waits for a lock without limit and takes it.
     *
     * @param key the name of the lock
     * @param ttl how long a dead holder blocks others, 2 s to 24 h, rounded up to seconds
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    LockHandle acquire(String key, Duration ttl) throws InterruptedException;

    /**
     * Waits for a lock and takes it.
     *
     * @param key the name of the lock
     * @param options TTL and so on; without {@link LockOptions#waitTime()} there is no limit
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time ended before
     * @throws io.coordination.CoordinationException for the reasons above
     */
    LockHandle acquire(String key, LockOptions options) throws InterruptedException;

    /**
     * Takes a lock if it is free now: one request to the server, which writes nothing when the lock is not free. Blocks at most
     * for the request timeout and does not wait for the holder. An interrupt ends it with {@code CANCELLED}.
     *
     * @param key the name of the lock
     * @param ttl how long a dead holder blocks others, 2 s to 24 h, rounded up to seconds
     * @return the held lock, or empty when somebody holds it or waits for it
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<LockHandle> tryAcquire(String key, Duration ttl);

    /**
     * Takes a lock if it becomes free within the wait time.
     *
     * @param key the name of the lock
     * @param options TTL and so on; without {@link LockOptions#waitTime()}, or with zero, there is one attempt as in
     *     {@link #tryAcquire(String, Duration)}
     * @return the held lock, or empty when the wait time ended before
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<LockHandle> tryAcquire(String key, LockOptions options) throws InterruptedException;

    /**
     * {@link #acquire(String, LockOptions)} without blocking. Whoever completes the future ({@code cancel}, {@code orTimeout},
     * {@code complete}) leaves the queue, and a lock that is granted afterwards is released at once. Dependents run on the
     * callback executor.
     *
     * @param key the name of the lock
     * @param options TTL and so on
     * @return a future of the held lock
     */
    CompletableFuture<LockHandle> acquireAsync(String key, LockOptions options);

    /**
     * {@link #tryAcquire(String, LockOptions)} without blocking; cancellation as for
     * {@link #acquireAsync(String, LockOptions)}.
     *
     * @param key the name of the lock
     * @param options TTL and so on
     * @return a future of the held lock, or of empty when the wait time ended before
     */
    CompletableFuture<Optional<LockHandle>> tryAcquireAsync(String key, LockOptions options);

    /**
     * Runs a task while a lock is held, and releases the lock whatever happens. What the task throws passes through; a failure
     * to release never takes its place.
     *
     * @param key the name of the lock
     * @param options TTL and so on; with a {@link LockOptions#waitTime()} the wait has a limit
     * @param task what to do; use {@link #acquire(String, LockOptions)} where it needs the fencing token
     * @param <T> the type of its result
     * @param <X> what it may throw
     * @return the result of the task
     * @throws InterruptedException when interrupted before the lock was taken; then the task did not run
     * @throws io.coordination.CoordinationTimeoutException when the wait time ended before; then the task did not run
     * @throws io.coordination.LockLostException after the task, when it returned but the lock was not certainly held to its
     *     end: another owner may have worked at the same time
     * @throws io.coordination.CoordinationException for the reasons above; then the task did not run
     * @throws X what the task throws
     */
    <T, X extends Exception> T withLock(String key, LockOptions options, LockTask<T, X> task)
            throws X, InterruptedException;

    /**
     * A lock as {@link java.util.concurrent.locks.Lock}, for code that knows nothing of this SDK. It is reentrant: each {@link
     * Thread} object is an owner, whatever the {@link LockOptions#owner()} of the options, and counts its calls. So a thread that
     * holds the lock by other means with {@link LockOwner#ofThread()} enters as well.
     *
     * <ul>
     *   <li>{@code lock()} waits whatever interrupts come, and sets the flag again. It and {@code lockInterruptibly()} wait for the
     *       {@link LockOptions#waitTime()} of the options at most, if there is one, and then throw {@code TIMEOUT_ERROR}.
     *   <li>{@code tryLock()} is one attempt, whatever the options say.
     *   <li>{@code unlock()} waits for the server's answer when it is the last one of its thread. A thread that does not hold the lock
     *       gets {@code INVALID_STATE}. When the lock was lost before, it throws {@link io.coordination.LockLostException}; the
     *       thread does not hold the lock afterwards. A repeated {@code lock()} of a thread whose lock was lost throws that, too.
     *   <li>{@code newCondition()} throws {@link UnsupportedOperationException}.
     * </ul>
     *
     * @param key the name of the lock
     * @param options TTL and so on
     * @return a lock whose methods throw {@link io.coordination.CoordinationException} as those above
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    Lock asLock(String key, LockOptions options);

    /**
     * A lock for readers and writers as {@link java.util.concurrent.locks.ReadWriteLock}. Its two locks are as that of {@link
     * #asLock(String, LockOptions)}, and take places in the queue as {@link #readWrite(String)} says.
     *
     * <p>A thread that holds it for writing may take it for reading as well, and then let the writing go: so a writer becomes a
     * reader without a gap. A thread that holds it for reading cannot take it for writing: two of them would wait for each other,
     * so {@code lock()} and {@code tryLock()} refuse at once with {@code VALIDATION_ERROR}.
     *
     * @param key the name of the lock
     * @param options TTL and so on, for both locks; {@link LockOptions#fixedTtl()} is refused, because readers share a lease
     * @return a lock whose methods throw {@link io.coordination.CoordinationException} as those above
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name or a fixed TTL
     */
    ReadWriteLock asReadWriteLock(String key, LockOptions options);

    /**
     * Locks with names that are made of a pattern and values.
     *
     * @param pattern for instance {@code user:{userId}}; see {@link LockTemplate}
     * @param options TTL and so on, for all of them
     * @return the template
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad pattern
     */
    LockTemplate template(String pattern, LockOptions options);

    /**
     * The lock of a scheduled job, which skips instead of waiting.
     *
     * @param name the name of the job; rules of lock names
     * @param options how it is locked
     * @return the job's lock
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    JobLock job(String name, JobOptions options);

    /**
     * A fixed number of locks for any number of resources.
     *
     * @param name the common part of their names; rules of lock names
     * @param stripes how many, 1 to 65,536; the same in all processes
     * @param options TTL and so on, for all of them
     * @return the stripes
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name or number
     */
    StripedLocks striped(String name, int stripes, LockOptions options);

    /**
     * A latch that processes count down. Does not ask the server.
     *
     * @param name its name; rules of lock names, and latches have names of their own
     * @return the latch
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    DistributedLatch latch(String name);

    /**
     * A double barrier whose places are kept by leases of 30 s. Does not ask the server.
     *
     * @param name its name; rules of lock names, and barriers have names of their own
     * @param parties how many must arrive, 1 to 100
     * @return the barrier
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name or number
     */
    DistributedBarrier barrier(String name, int parties);

    /**
     * A double barrier. Does not ask the server.
     *
     * @param name its name; rules of lock names, and barriers have names of their own
     * @param parties how many must arrive, 1 to 100
     * @param ttl how long a dead party keeps its place, 2 s to 24 h, rounded up to seconds
     * @return the barrier
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name, number or TTL
     */
    DistributedBarrier barrier(String name, int parties, Duration ttl);

    /**
     * A number that all processes share. Does not ask the server.
     *
     * @param name its name; rules of lock names, and counters have names of their own
     * @return the counter
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    DistributedCounter counter(String name);

    /**
     * An election: candidates with payloads, one leader. Nothing is sent before it is used.
     *
     * @param name the name of the election; it shares the names with the locks
     * @return the election
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    LeaderElection election(String name);

    /**
     * A semaphore: permits that all processes share. Nothing is sent before it is used.
     *
     * @param key the name of the semaphore; it shares the names with the locks
     * @param permits how many there are, 1 to 1,000,000,000; everybody must name the same number
     * @return the semaphore
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name or number
     */
    DistributedSemaphore semaphore(String key, int permits);

    /**
     * Several locks that are taken together or not at all. Nothing is sent before they are used.
     *
     * @param keys the names of 1 to 40 locks, none twice
     * @return the locks
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name, one that comes twice, none or too many
     */
    DistributedMultiLock multi(Collection<String> keys);

    /**
     * The lock of a name as one that many may hold for reading. Holding it for writing is the same as holding it by
     * {@link #acquire(String, LockOptions)}. Sends nothing.
     *
     * @param key the name of the lock
     * @return the lock; equal calls give locks that do the same
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    DistributedReadWriteLock readWrite(String key);

    /**
     * Who holds which lock, who waits, and how to get a lock back.
     *
     * @return the operator's view of these locks; asks nothing yet
     */
    LockAdmin admin();

    /**
     * The watchdogs of this coordinator's locks.
     *
     * @return the same object each time
     */
    WatchdogManager watchdogs();
}

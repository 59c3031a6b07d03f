package io.coordination.lock;

import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A lock that was acquired: one hold, from the grant to its release or loss.
 *
 * <p><b>Two clocks.</b> {@link #ttl()} is about others: how long this holder blocks them when it dies. {@link #remaining()} is
 * about the holder: for how long it is certain that nobody else can get the lock. It is counted on the monotonic clock from
 * the moment the last acknowledged renewal was <em>sent</em>, less a margin, so while all is well it goes up and down between
 * about two thirds of the TTL and the TTL less that margin; it is not the TTL just after the lock was acquired.
 *
 * <p><b>Loss.</b> When {@code remaining()} reaches zero, when the server says that the lease is gone, or when somebody deletes
 * the key, the lock is lost for good: {@link #isHeld()} is false before another owner can be told that it holds, and
 * {@link #lost()} completes. Only a check of {@link #fencingToken()} by the protected resource stops a process that was paused
 * between {@code isHeld()} and its write.
 *
 * <p>Thread-safe; a handle belongs to no thread. {@code isHeld}, {@code remaining}, {@code ttl}, {@code key},
 * {@code fencingToken} and {@code close} do not wait for the server.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface LockHandle extends AutoCloseable {
    /**
     * The name of the lock.
     *
     * @return the name as it was given
     */
    String key();

    /**
     * A number that grows from owner to owner of this lock, also within this process. Let the protected resource remember the
     * greatest one it has seen and refuse smaller ones.
     *
     * @return the same positive number for the life of the handle
     */
    long fencingToken();

    /**
     * Whether the lock is held for certain: neither released nor lost, and {@link #remaining()} above zero. Also false after a
     * suspected suspend of the machine, until a renewal is acknowledged.
     *
     * @return true while no other owner is possible
     */
    boolean isHeld();

    /**
     * For how long it is certain that nobody else can get the lock if no further renewal succeeds.
     *
     * @return zero when it is not held
     */
    Duration remaining();

    /**
     * How long a dead holder blocks others: at most this and a second, and at most twice this around a fail-over of the server.
     *
     * @return what the server granted, in whole seconds; not less than what was asked for
     */
    Duration ttl();

    /**
     * Renews now and waits for the answer, so that {@link #remaining()} counts from this call. Rarely needed: a lock renews
     * itself, unless it has a fixed TTL. Blocks at most for the request timeout; an interrupt ends it with {@code CANCELLED}.
     *
     * @throws io.coordination.LockLostException when the lock is lost
     * @throws io.coordination.CoordinationClosedException when it was released
     * @throws io.coordination.CoordinationException when the server cannot be asked; the lock is then still held for
     *     {@link #remaining()}
     */
    void renew();

    /**
     * Renews with another TTL and waits for the answer; the place, the fencing token and the holder stay the same. Blocks at
     * most for the request timeout; an interrupt ends it with {@code CANCELLED}.
     *
     * @param ttl 2 s to 24 h, rounded up to seconds
     * @throws io.coordination.LockLostException when the lock is lost
     * @throws io.coordination.CoordinationClosedException when it was released
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another TTL; otherwise when the server cannot be
     *     asked, and the lock is then still held for {@link #remaining()}
     */
    void renew(Duration ttl);

    /**
     * How many handles the {@link LockOptions#owner() owner} of this one has that are neither released nor lost, this one
     * included. The lock is let go with the last of them.
     *
     * @return 0 when this handle is released or lost; without an owner at most 1
     */
    int count();

    /**
     * Starts a watchdog, which prolongs the hold by {@link WatchdogConfig#extendBy()} from then on, with thresholds and
     * callbacks. A lock that renews itself goes on doing so, and the watchdog rides on its renewals. A lock with a fixed TTL
     * is moved to a shared lease that is renewed, and so is one whose TTL is shorter than {@code extendBy}: this waits for the
     * server's answer, at most for the request timeout. Otherwise it does not block. An interrupt ends it with
     * {@code CANCELLED}.
     *
     * @param config its terms
     * @return the watchdog
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} when the interval is over half the TTL or not
     *     shorter than {@code extendBy} less 300 ms and 5 % of the TTL; {@code INVALID_STATE} when the lock is not held, has a
     *     watchdog that was not stopped, or is being moved to another lease; otherwise when the server cannot be asked, and
     *     then there is no watchdog
     */
    Watchdog startWatchdog(WatchdogConfig config);

    /**
     * The watchdog of this hold.
     *
     * @return the one that was started last, also when it has ended; empty when there was none
     */
    Optional<Watchdog> watchdog();

    /**
     * Writes to the store if, at the moment of the write, this lock is held and no later owner has written to the resource: the
     * server checks both in the transaction of the write. So a holder that was paused after {@link #isHeld()} harms nothing,
     * however late its write arrives. In the same transaction the fence of the resource advances to {@link #fencingToken()}.
     *
     * <p>Writes of one hold are applied in the order of the calls, through whichever handle of its owner, each at most once.
     * Blocks at most for the request timeout for each write before it and its own. An interrupt ends the call with {@code
     * CANCELLED}; the write goes on, and its outcome is unknown.
     *
     * <p>While the outcome of a write is unknown, no other request of this process gets the lock without queueing anew; and when the
     * writer becomes a reader meanwhile, other readers come in only after it.
     *
     * @param write what to write, all of it or nothing
     * @return the store's revision of the write
     * @throws io.coordination.LockLostException when the lock is lost; nothing was written
     * @throws io.coordination.ConflictException when a later owner has written to the resource, with its token as {@link
     *     io.coordination.ConflictException#greaterToken()}; nothing was written, unless {@link
     *     io.coordination.CoordinationException#outcomeUnknown()} says that an answer had been lost before
     * @throws io.coordination.CoordinationClosedException when the lock was released
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a key inside the namespace of the coordinator;
     *     {@code INVALID_STATE} for a hold for reading, because readers do not exclude each other; {@code SERIALIZATION_ERROR}
     *     when somebody else wrote the fence of the resource; otherwise when the server cannot be asked, and then {@code
     *     outcomeUnknown()} says whether the write may have been applied
     */
    long guard(GuardedWrite write);

    /**
     * Releases the lock and waits for the server's answer, at most for the request timeout. {@link #isHeld()} is false from
     * the start. Uninterruptible. Never touches another owner's key.
     *
     * @return true when this call released the lock, also by handing it over within this process; false when it was released or
     *     lost before
     * @throws io.coordination.CoordinationTimeoutException without an answer: the outcome is unknown, the release goes on in the
     *     background, and the TTL ends the lock at the latest
     */
    boolean unlock();

    /**
     * Releases the lock without waiting: {@link #isHeld()} is false at once, and the release is sent in the background until its
     * outcome is definite. A release that nobody is known to wait for may be held for 1 ms, to travel with another request of
     * this coordinator. A lock that other processes have wanted too waits 0.2 ms before that, unless it was held for 10 ms
     * or longer, for the next request of this process, which goes on with it while its {@linkplain LockOptions.Builder#localBatch
     * turn} lasts. Idempotent, never throws.
     */
    @Override
    void close();

    /**
     * Completes when the lock is lost, exactly once, on the callback executor; never when it is released. Completing a copy of
     * it has no effect on the lock.
     *
     * @return a stage that completes with when and why
     */
    CompletionStage<LockLost> lost();
}

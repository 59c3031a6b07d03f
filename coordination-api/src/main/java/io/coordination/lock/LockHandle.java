package io.coordination.lock;

import java.time.Duration;
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
     * outcome is definite. Idempotent, never throws.
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

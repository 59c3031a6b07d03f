package io.coordination.lock;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Several locks that were acquired together, from the grant to their release or loss. They share one lease: when one of them is lost,
 * all are, and those that are left are released.
 *
 * <p>Thread-safe; they belong to no thread. All but {@link #unlock()} do not wait for the server. What is said of validity and loss at
 * {@link LockHandle} holds here for all locks together.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface MultiLockHandle extends AutoCloseable {
    /**
     * The names of the locks.
     *
     * @return as they were given; unmodifiable
     */
    List<String> keys();

    /**
     * The token of one of the locks: it grows from owner to owner of that lock, whether they took it alone or together with others.
     *
     * @param key the name of the lock
     * @return the same positive number for the life of the handle
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} when it is none of the locks
     */
    long fencingToken(String key);

    /**
     * Whether all locks are held for certain: neither released nor lost, and {@link #remaining()} above zero.
     *
     * @return true while no other owner of any of them is possible
     */
    boolean isHeld();

    /**
     * For how long it is certain that nobody else can get any of the locks if no further renewal succeeds.
     *
     * @return zero when they are not held
     */
    Duration remaining();

    /**
     * How long a dead holder blocks others.
     *
     * @return what the server granted, in whole seconds
     */
    Duration ttl();

    /**
     * Releases all locks in one transaction and waits for the server's answer, at most for the request timeout. {@link #isHeld()} is
     * false from the start. Uninterruptible.
     *
     * @return true when this call released them; false when they were released or lost before
     * @throws io.coordination.CoordinationTimeoutException without an answer: the outcome is unknown, and the release goes on in the
     *     background
     */
    boolean unlock();

    /** Releases all locks in the background. Idempotent, never throws. */
    @Override
    void close();

    /**
     * Completes when the locks are lost, exactly once, on the callback executor; never when they are released. Its {@link
     * LockLost#key()} has all names, separated by commas.
     *
     * @return a stage that completes with when and why
     */
    CompletionStage<LockLost> lost();
}

package io.coordination.lock.synchronizer;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Permits of a semaphore that were acquired together, from the grant to their release or loss. They renew themselves, unless they have
 * a fixed TTL.
 *
 * <p>Loss is that of a {@link LockHandle}: {@link #isHeld()} is false before others can be given the permits, and {@link #lost()}
 * completes.
 *
 * <p>Thread-safe; they belong to no thread. {@code key}, {@code count}, {@code isHeld}, {@code remaining}, {@code ttl} and {@code close}
 * do not wait for the server.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface Permits extends AutoCloseable {
    /**
     * The name of the semaphore.
     *
     * @return the name as it was given
     */
    String key();

    /**
     * How many permits these still are.
     *
     * @return 0 when they are released or lost
     */
    int count();

    /**
     * Whether they are held for certain: neither released nor lost, and {@link #remaining()} above zero.
     *
     * @return true while nobody else can have been given them
     */
    boolean isHeld();

    /**
     * For how long it is certain that nobody else can be given them if no further renewal succeeds.
     *
     * @return zero when they are not held
     */
    Duration remaining();

    /**
     * How long a dead holder keeps them from others.
     *
     * @return what the server granted, in whole seconds
     */
    Duration ttl();

    /**
     * Releases all that are left and waits for the server's answer, at most for the request timeout. Uninterruptible.
     *
     * @return true when this call released them; false when they were released or lost before
     * @throws io.coordination.CoordinationTimeoutException without an answer: the outcome is unknown, and the release goes on in the
     *     background
     */
    boolean release();

    /**
     * Releases some of them and keeps the others. Waits for the server's answer, at most for the request timeout. Uninterruptible.
     *
     * @param permits 1 to {@link #count()}
     * @return true when this call released them; false when they were released or lost before
     * @throws io.coordination.CoordinationTimeoutException without an answer: the outcome is unknown, and the release goes on in the
     *     background
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for more than there are
     */
    boolean release(int permits);

    /** Releases all that are left, in the background. Idempotent, never throws. */
    @Override
    void close();

    /**
     * Completes when the permits are lost, exactly once, on the callback executor; never when they are released. {@link
     * HoldOptions#maxHold()} ends them with {@link LockLostReason#MAX_HOLD}.
     *
     * @return a stage that completes with when and why
     */
    CompletionStage<LockLost> lost();
}

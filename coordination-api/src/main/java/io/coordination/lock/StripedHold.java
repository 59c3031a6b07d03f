package io.coordination.lock;

import java.time.Duration;
import java.util.SortedSet;

/**
 * Several stripes of {@link StripedLocks} that are held together, until they are released or the first of them is lost.
 *
 * <p>Thread-safe; it belongs to no thread.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface StripedHold extends AutoCloseable {
    /**
     * The stripes.
     *
     * @return each once, unmodifiable
     */
    SortedSet<Integer> stripes();

    /**
     * The fencing token of the stripe of a resource. Tokens of different stripes have nothing to do with each other.
     *
     * @param resource the name of a resource of one of these stripes
     * @return the token of the lock of its stripe
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a resource of another stripe
     */
    long fencingToken(String resource);

    /**
     * Whether every stripe is held for certain, see {@link LockHandle#isHeld()}.
     *
     * @return true while no other owner of any of them is possible
     */
    boolean isHeld();

    /**
     * For how long that is certain, see {@link LockHandle#remaining()}.
     *
     * @return the shortest of all; zero when one is not held
     */
    Duration remaining();

    /**
     * Releases all and waits for the server's answers, at most for the request timeout for each. Uninterruptible.
     *
     * @return true when this call released each of them; false when one was released or lost before
     * @throws io.coordination.CoordinationTimeoutException when an answer did not come; the others are released all the same
     */
    boolean unlock();

    /** Releases all without waiting. Idempotent, never throws. */
    @Override
    void close();
}

package io.coordination.lock.synchronizer;

import java.time.Duration;

/**
 * One party of a round of a {@link DistributedBarrier}, from the moment all had arrived.
 *
 * <p>Thread-safe; it belongs to no thread.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface BarrierParty extends AutoCloseable {
    /**
     * Whether this party certainly counts as present: it has not left, and its lease lives.
     *
     * @return false after it left or its place was lost; others may then have gone on without it
     */
    boolean isPresent();

    /**
     * Leaves and waits without limit until all others have left.
     *
     * @throws InterruptedException when interrupted before the others had left; this party has left all the same
     * @throws io.coordination.LockLostException when the place was lost before: the others may have ended the round without it
     * @throws io.coordination.CoordinationException {@code INVALID_STATE} when it left before; {@code CLOSED} after the coordinator
     *     was closed; otherwise when the server cannot be asked, and then the place is freed in the background
     */
    void leave() throws InterruptedException;

    /**
     * Leaves and waits until all others have left.
     *
     * @param waitTime how long to wait for the others at most
     * @return true when all have left, false when the time ended before; this party has left all the same
     * @throws InterruptedException as for {@link #leave()}
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a negative time; otherwise as for {@link #leave()}
     */
    boolean leave(Duration waitTime) throws InterruptedException;

    /** Leaves without waiting for anybody. Idempotent, never throws; a party that has left is not concerned. */
    @Override
    void close();
}

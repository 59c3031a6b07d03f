package io.coordination.lock.synchronizer;

import java.time.Duration;
import java.util.Optional;

/**
 * A meeting of a fixed number of parties, which begin together and end together: a double barrier.
 *
 * <pre>{@code
 * BarrierParty party = coordinator.lock().barrier("migration", 3).enter();   // returns when three have arrived
 * migrate();
 * party.leave();                                                             // returns when all three have left
 * }</pre>
 *
 * <p>Every thread or process that enters is a party. A round begins when all parties have arrived and ends when all have left;
 * then the next one may gather. A party too many is refused, not queued.
 *
 * <p><b>Crashes.</b> A place is kept by a lease of the TTL. A party that dies while others gather frees its place for
 * somebody else; one that dies after the round began counts as having left, and is not replaced in that round.
 *
 * <p>All parties must say the same number; another number is refused while somebody is there.
 *
 * <p>Thread-safe. Every method throws a {@link io.coordination.CoordinationException}: {@code CONFLICT} for a party too many,
 * {@code INVALID_STATE} when those who are there expect another number of parties, {@code LOCK_LOST} when the place was lost while
 * waiting, because the lease ended or an operator deleted it, {@code CONNECTION_ERROR}, {@code TIMEOUT_ERROR}, {@code
 * SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when the server cannot be asked, {@code CLOSED} after the coordinator was
 * closed, also while waiting.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface DistributedBarrier {
    /**
     * The name of the barrier.
     *
     * @return the name as it was given
     */
    String name();

    /**
     * How many must arrive.
     *
     * @return the number of parties
     */
    int parties();

    /**
     * Arrives and waits without limit until all parties have arrived.
     *
     * @return the party, which leaves when its work is done
     * @throws InterruptedException when interrupted before all had arrived; then the place is free again. An interrupt that comes
     *     later than the last party leaves the flag set, and the call returns
     * @throws io.coordination.CoordinationException for the reasons above
     */
    BarrierParty enter() throws InterruptedException;

    /**
     * Arrives and waits until all parties have arrived.
     *
     * @param waitTime how long at most; zero enters only if all others are there
     * @return the party, or empty when the time ended before all had arrived; then the place is free again
     * @throws InterruptedException as for {@link #enter()}
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a negative time; otherwise for the reasons above
     */
    Optional<BarrierParty> enter(Duration waitTime) throws InterruptedException;
}

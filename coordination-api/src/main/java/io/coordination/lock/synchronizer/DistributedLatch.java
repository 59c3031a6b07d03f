package io.coordination.lock.synchronizer;

import java.time.Duration;

/**
 * A count that processes bring down to zero while others wait for that: a count-down latch.
 *
 * <pre>{@code
 * DistributedLatch ready = coordinator.lock().latch("workers-ready");
 * ready.create(3);      // one process, once
 * ready.countDown();    // each worker
 * ready.await();        // whoever needs them all
 * }</pre>
 *
 * <p>A latch is created once and never counts up. It stays at zero, so that late comers do not wait, until {@link #delete()}
 * removes it; then it can be created again. It needs no session: the crash of a process changes nothing.
 *
 * <p>Lost answers are found out about as for {@link DistributedCounter}.
 *
 * <p>Thread-safe. Every method but {@code await} blocks until the server has answered, at most for the request timeout for each
 * request, and ends an interrupt with {@code CANCELLED}. Every method throws a {@link io.coordination.CoordinationException}:
 * {@code SERIALIZATION_ERROR} when the stored value is not a latch's, {@code CONNECTION_ERROR}, {@code TIMEOUT_ERROR}, {@code
 * SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when the server cannot be asked, {@code CLOSED} after the coordinator was
 * closed, also while waiting.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface DistributedLatch {
    /**
     * The name of the latch.
     *
     * @return the name as it was given
     */
    String name();

    /**
     * Creates the latch unless there is one.
     *
     * @param count how often it must be counted down, at least 1
     * @return true when this call created it, false when there was one, whatever its count
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a count below 1; otherwise for the reasons above
     */
    boolean create(long count);

    /**
     * How often the latch must still be counted down.
     *
     * @return 0 when it is open
     * @throws io.coordination.CoordinationException {@code NOT_FOUND} when there is no latch of this name; otherwise for the
     *     reasons above
     */
    long count();

    /**
     * Counts down by one; at zero it changes nothing.
     *
     * @return the count afterwards
     * @throws io.coordination.CoordinationException {@code NOT_FOUND} when there is no latch of this name; {@code CONFLICT} when
     *     others changed the latch all the time; otherwise for the reasons above
     */
    long countDown();

    /**
     * Waits without limit until the count is zero, for a latch that does not exist also until it is created. Rides out
     * interruptions of the connection.
     *
     * @throws InterruptedException when interrupted before
     * @throws io.coordination.CoordinationException for the reasons above
     */
    void await() throws InterruptedException;

    /**
     * Waits until the count is zero, for a latch that does not exist also until it is created.
     *
     * @param waitTime how long at most; zero asks once
     * @return true when it is zero, false when the time ended before
     * @throws InterruptedException when interrupted before
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a negative time; otherwise for the reasons above
     */
    boolean await(Duration waitTime) throws InterruptedException;

    /**
     * Removes the latch. Who waits for it goes on waiting, for the next one.
     *
     * @return true when this call removed it, false when there was none
     * @throws io.coordination.CoordinationException for the reasons above
     */
    boolean delete();
}

package io.coordination.lock.synchronizer;

/**
 * A number that all processes of a namespace share. It begins as 0, and every change is atomic.
 *
 * <pre>{@code
 * long ticket = coordinator.lock().counter("tickets").add(1);
 * }</pre>
 *
 * <p><b>Cost.</b> A change is a read and a guarded write, and under contention several of them, with growing pauses: thousands
 * of changes a second are not what it is for. A change that others have overtaken 100 times in a row ends with {@code CONFLICT}.
 *
 * <p><b>Lost answers.</b> Each write carries a mark, so that a writer whose answer was lost finds out whether it was applied.
 * Where the store's history does not tell any more, the call fails and {@link
 * io.coordination.CoordinationException#outcomeUnknown()} says so.
 *
 * <p>It needs no session and outlives every process; {@link #delete()} removes it.
 *
 * <p>Thread-safe. Every method blocks until the server has answered, at most for the request timeout for each request, and
 * throws a {@link io.coordination.CoordinationException}: {@code SERIALIZATION_ERROR} when the stored value is not a counter's,
 * {@code CONNECTION_ERROR}, {@code TIMEOUT_ERROR}, {@code SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when the server cannot
 * be asked, {@code CLOSED} after the coordinator was closed, {@code CANCELLED} when interrupted.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface DistributedCounter {
    /**
     * The name of the counter.
     *
     * @return the name as it was given
     */
    String name();

    /**
     * Reads the number.
     *
     * @return the newest number
     * @throws io.coordination.CoordinationException for the reasons above
     */
    long get();

    /**
     * Reads the number together with its version.
     *
     * @return the newest number
     * @throws io.coordination.CoordinationException for the reasons above
     */
    CounterValue read();

    /**
     * Adds to the number.
     *
     * @param delta what to add; negative to subtract; 0 only reads
     * @return the sum that was stored
     * @throws io.coordination.CoordinationException {@code INVALID_STATE} when the sum does not fit into a {@code long}; {@code
     *     CONFLICT} when others changed the counter all the time; otherwise for the reasons above
     */
    long add(long delta);

    /**
     * Replaces the number if it is the expected one.
     *
     * @param expected the number that must be stored; 0 is also that of a counter that nobody has written
     * @param value the new number
     * @return true when this call replaced it, false when another number was stored
     * @throws io.coordination.CoordinationException {@code CONFLICT} when others wrote the expected number anew all the time;
     *     otherwise for the reasons above
     */
    boolean compareAndSet(long expected, long value);

    /**
     * Stores a number whatever was there, also in place of a value that cannot be read.
     *
     * @param value the new number
     * @return the number with its version
     * @throws io.coordination.CoordinationException {@code CONFLICT} when others changed the counter all the time; otherwise for
     *     the reasons above
     */
    CounterValue set(long value);

    /**
     * Stores a number if nobody has written since a version was read. Unlike {@link #compareAndSet} it notices a number that
     * was changed and changed back.
     *
     * @param value the new number
     * @param expected the version that {@link #read()} answered; 0 for a counter that nobody has written
     * @return the number with its version
     * @throws io.coordination.ConflictException when there is another version
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a negative version; otherwise for the reasons
     *     above
     */
    CounterValue set(long value, long expected);

    /**
     * Removes the counter, so that it is 0 with version 0 again.
     *
     * @return true when this call removed it, false when there was none
     * @throws io.coordination.CoordinationException {@code CONFLICT} when others changed the counter all the time; otherwise for
     *     the reasons above
     */
    boolean delete();
}

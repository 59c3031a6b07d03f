package io.coordination;

import io.coordination.lock.admin.LockWait;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown to one of the owners that wait for each other's locks, so that the others can go on. Its request has left the queue;
 * what it holds it still holds. Release that, then begin again: waiting once more for the same lock would close the same
 * cycle.
 */
public final class LockDeadlockException extends ConflictException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable List<LockWait> cycle; // null after deserialisation

    /**
     * A deadlock.
     *
     * @param message a sentence that tells who waits for whom
     * @param cycle the waits, each for a lock that the owner of the next one stands in the way of, and the last for the first
     */
    public LockDeadlockException(String message, List<LockWait> cycle) {
        super(message);
        this.cycle = List.copyOf(cycle);
    }

    /**
     * Who waits for whom: each wait is for a lock that the owner of the next one holds, or waits for further ahead; the last is for
     * one of the first, which is the request that failed.
     *
     * @return the waits; empty after deserialisation
     */
    public List<LockWait> cycle() {
        List<LockWait> known = cycle;
        return known == null ? List.of() : known;
    }
}

package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import org.jspecify.annotations.Nullable;

/** One wish of this process to hold a lock, as the machine sees it: its answers never change, but for {@link #endures}. */
public interface LocalRequest {

    /** What it asks for. */
    PlaceMode mode();

    /** The leases that can serve it. */
    LeaseClass leaseClass();

    /** Whether it is refused when the lock is not free. */
    boolean triesOnce();

    /** Who asks, for re-entry; null when every request is a stranger to every other. Compared with {@code equals}. */
    @Nullable
    Object owner();

    /** How many holds a place may have in a row while others wait, this one included. */
    int localBatch();

    /** For how long the lock may stay with this process afterwards although nobody holds it; 0 for not at all. */
    long retainNanos();

    /** Whether it goes on waiting although the server could not be asked. */
    boolean endures(CoordinationException failure);
}

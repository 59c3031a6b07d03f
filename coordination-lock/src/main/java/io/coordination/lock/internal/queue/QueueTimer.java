package io.coordination.lock.internal.queue;

/** What a machine waits for. There is at most one timer of each kind. */
public enum QueueTimer {
    /** A waiter reads the queue from time to time, in case the watch has lost an event. */
    RELIST,
    /** A read failed. */
    READ_AGAIN,
    /** A lock that is held for so long is watched. */
    LOOK_AFTER,
    /** The local requests have had their share of time while others wait. */
    BATCH,
    /** The watch has to be confirmed. */
    CONFIRM,
    /** Nobody has wanted the retained lock. */
    RETAIN,
    /** Nobody has wanted the lock in the moment after its end. */
    LINGER,
    /** A single try has waited long enough for a retained lock to be given up. */
    PATIENCE,
    /** The server could not be asked. */
    PAUSE,
    /** Nobody has wanted anything. */
    IDLE
}

package io.coordination.lock.internal.queue;

/** What the end of a hold led to. */
public enum HoldEnd {
    /** There was no such hold any more. */
    UNKNOWN,
    /** The lock stays with this process: handed over, shared, held again, or retained. */
    LOCAL,
    /** The key is on its way out; {@link QueueMachine#left} tells when it is gone. */
    LEAVING
}

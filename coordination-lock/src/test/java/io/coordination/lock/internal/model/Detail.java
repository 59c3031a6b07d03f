package io.coordination.lock.internal.model;

/** What takes time of its own only in scenarios that ask for it; elsewhere it happens together with what causes it. */
enum Detail {
    /** A thread asks some time after its process began, or after it released the lock. */
    LATE_ASKS,
    /** A process hears that its watch is open some time after the server opened it. */
    LATE_WATCHES,
    /** Calls travel to the server before they are applied; elsewhere only the answers to enqueues do, and events. */
    LATE_CALLS,
    /** The reads of the queue travel, and so do their answers. */
    LATE_READS,
    /** The answers to releases, downgrades and moves of a fence travel by themselves, as those to enqueues always do. */
    LATE_ANSWERS
}

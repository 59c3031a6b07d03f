package io.coordination.lock.internal.model;

/** What may go wrong, each so many times in one scenario. */
enum Fault {
    /** A call or its answer is lost, or late without bound; the process sends again or takes it for unknown. */
    LOST_ANSWER,
    /** The same, and the process does not ask again. */
    END_OF_PATIENCE,
    /** A call that may be repeated arrives once more, at any later time. */
    DUPLICATE,
    /** A watch misses events and ends. */
    GAP,
    /** An operator deletes a key of the queue. */
    OPERATOR_DELETES,
    /** A process ends without a word. */
    CRASH,
    /** A process cannot renew its lease in time. */
    SESSION_LOST,
    /** A caller gives up. */
    CANCEL
}

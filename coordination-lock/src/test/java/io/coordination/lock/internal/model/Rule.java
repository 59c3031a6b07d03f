package io.coordination.lock.internal.model;

/** What the protocol rests on. A test drops one of them and watches what comes of it. */
enum Rule {
    /** An enqueue compares the fence of its lease. */
    FENCE,
    /** A release compares the create revision of the key. */
    GUARD_OF_RELEASE,
    /** A requeue compares the create revision of the key that it replaces. */
    GUARD_OF_REQUEUE,
    /** A downgrade changes the value of the key; it does not put a key of another create revision. */
    MODE_IN_THE_VALUE,
    /** The order of a queue is that of create revisions, not of the last changes. */
    CREATE_REVISION,
    /** Events that are not newer than the answer to the enqueue say nothing. */
    OLD_EVENTS,
    /** Events that come while the enqueue is under way count when its answer comes. */
    EARLY_EVENTS,
    /** After a gap in the watch a read must show the key. */
    READ_AFTER_GAP,
    /** A watch covers an answer only if it began before it. */
    FLOOR,
    /** The events of one revision belong together. */
    WHOLE_REVISIONS,
    /** An attempt that may come late ends by moving the fence. */
    CLOSE_OF_TAINTED,
    /** A place whose attempt may come late moves the fence before it hands over. */
    SETTLE,
    /** The name of an attempt is never used again. */
    NEW_NAMES,
    /** A session is over for its process before its lease can end on the server. */
    LOST_BEFORE_EXPIRY,
    /** A place is not held, joined and handed over without end while others are known to wait behind it. */
    ROOM_FOR_OTHERS
}

package io.coordination.etcd;

import io.coordination.store.Delivery;

/** How a call may be treated. */
enum CallKind {
    /** Changes nothing: repeated after any failure that may pass. */
    READ(false, true, true),
    /** Changes something: repeated only when it surely was not applied. */
    ONCE(true, false, true),
    /** Changes something and may be applied twice. */
    REPEATABLE(true, true, true),
    /** As {@link #REPEATABLE}, and nothing holds it back: no circuit breaker, no limit of calls in flight, no retry budget. */
    URGENT(true, true, false);

    private final boolean changes;
    private final boolean repeatable;
    private final boolean guarded;

    CallKind(boolean changes, boolean repeatable, boolean guarded) {
        this.changes = changes;
        this.repeatable = repeatable;
        this.guarded = guarded;
    }

    static CallKind of(Delivery delivery) {
        return switch (delivery) {
            case ONCE -> ONCE;
            case REPEATABLE -> REPEATABLE;
            case URGENT, DEFERRABLE -> URGENT;
        };
    }

    /** Whether a lost answer leaves the outcome unknown. */
    boolean changes() {
        return changes;
    }

    /** Whether it may be sent again after a lost answer. */
    boolean repeatable() {
        return repeatable;
    }

    /** Whether circuit breaker, limit of calls in flight and retry budget have a say. */
    boolean guarded() {
        return guarded;
    }
}

package io.coordination.store;

/** How often a transaction may be sent when an answer is lost, and what may hold it back. */
public enum Delivery {

    /** Sent again only when it is certain that it was not applied: the caller resolves a lost answer itself. */
    ONCE,

    /**
     * May be sent again after a lost answer. Only for transactions whose own guard makes a second application harmless; the
     * else branch then tells whether the first one was applied.
     */
    REPEATABLE,

    /**
     * As {@link #REPEATABLE}, and neither a circuit breaker nor a limit of calls in flight holds it back: releases and
     * whatever else others wait for.
     */
    URGENT,

    /**
     * As {@link #URGENT}, but nobody is known to wait for it: it may be held for a moment, to travel with another transaction. A
     * store that does not combine transactions sends it at once.
     */
    DEFERRABLE;

    /** Whether it may be sent again after a lost answer. */
    public boolean isRepeatable() {
        return this != ONCE;
    }

    /** Whether neither a circuit breaker nor a limit of calls in flight holds it back. */
    public boolean isUrgent() {
        return this == URGENT || this == DEFERRABLE;
    }
}

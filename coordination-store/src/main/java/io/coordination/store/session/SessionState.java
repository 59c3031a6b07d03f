package io.coordination.store.session;

/** The state of a session: {@code CONNECTED <-> SUSPECT -> LOST}; LOST is final. */
public enum SessionState {
    /** Renewals are acknowledged in time. */
    CONNECTED,
    /** No renewal was acknowledged for half the TTL; it may recover. */
    SUSPECT,
    /** Over, for this lease for ever. */
    LOST
}

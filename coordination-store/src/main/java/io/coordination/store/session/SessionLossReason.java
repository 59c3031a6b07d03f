package io.coordination.store.session;

/** Why a session is over. */
public enum SessionLossReason {
    /** No renewal was acknowledged in time. */
    EXPIRED,
    /** The server says that the lease is gone. */
    LEASE_GONE,
    /** The session key was deleted by somebody else, which revokes the session. */
    KEY_DELETED,
    /** The session was closed here. */
    CLOSED
}

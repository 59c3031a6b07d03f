package io.coordination.lock;

/** Why a held lock was lost. */
public enum LockLostReason {
    /** No renewal was acknowledged in time: nothing proves any more that nobody else has the lock. */
    EXPIRED,
    /** The server said that the lease is gone: it expired there, or was revoked. */
    SESSION,
    /** Somebody else deleted the key of the lock, for example an operator. */
    FORCED,
    /** The coordinator was closed while the lock was held. */
    CLOSED
}

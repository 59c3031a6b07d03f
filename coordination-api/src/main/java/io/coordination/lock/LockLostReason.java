package io.coordination.lock;

import io.coordination.lock.watchdog.Watchdog;

/** Why a held lock was lost. */
public enum LockLostReason {
    /** No renewal was acknowledged in time: nothing proves any more that nobody else has the lock. */
    EXPIRED,
    /** The server said that the lease is gone: it expired there, or was revoked. */
    SESSION,
    /** Somebody else deleted the key of the lock, for example an operator. */
    FORCED,
    /**
     * Its {@link Watchdog} gave it up after too many failures, or was stopped and nothing prolonged the hold in time. The lease
     * may live on; the key is released.
     */
    WATCHDOG,
    /** It was held for {@link LockOptions#maxHold()}. */
    MAX_HOLD,
    /** The coordinator was closed while the lock was held. */
    CLOSED
}

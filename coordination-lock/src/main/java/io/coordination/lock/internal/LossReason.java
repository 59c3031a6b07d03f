package io.coordination.lock.internal;

import io.coordination.lock.LockLostReason;
import io.coordination.store.session.SessionLoss;

/** What the end of a session is for the locks on it. */
final class LossReason {

    private LossReason() {}

    static LockLostReason of(SessionLoss loss) {
        return switch (loss.reason()) {
            case EXPIRED -> LockLostReason.EXPIRED;
            case LEASE_GONE, KEY_DELETED -> LockLostReason.SESSION;
            case CLOSED -> LockLostReason.CLOSED;
        };
    }
}

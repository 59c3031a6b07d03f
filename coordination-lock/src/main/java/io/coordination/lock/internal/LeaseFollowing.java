package io.coordination.lock.internal;

import io.coordination.Watch;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionListener;

/** Follows the lease of a key, also when the key is moved to another one. Thread-safe; moves come one at a time. */
final class LeaseFollowing implements Watch {

    private final SessionListener listener;
    private volatile Watch present;
    private volatile boolean closed;

    LeaseFollowing(Session session, SessionListener listener) {
        this.listener = listener;
        this.present = session.follow(listener);
    }

    void moveTo(Session session) {
        Watch former = present;
        present = session.follow(listener);
        former.close();
        if (closed) { // meanwhile, and then perhaps only the former one
            present.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        present.close();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }
}

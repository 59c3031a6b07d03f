package io.coordination.registry.internal;

import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The sessions that registrations hang on, and who is to be told when one is lost. There is one listener to each session, however
 * many registrations come and go during its life.
 * Thread-safe; nothing blocks.
 */
final class RegistrySessions {

    private final Sessions sessions;
    private final ConcurrentMap<Long, Set<Runnable>> listeners = new ConcurrentHashMap<>();

    RegistrySessions(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Reserves room for one key; every session that this answers is owed a {@link Session#release()}. */
    CompletableFuture<Session> reserve(Duration ttl) {
        return sessions.reserve(ttl);
    }

    /** Runs a task once when a session is lost, at once when it is lost already. */
    void join(Session session, Runnable onLost) {
        boolean[] first = {false};
        listeners.compute(session.leaseId(), (lease, present) -> {
            first[0] = present == null;
            Set<Runnable> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(onLost);
            return all;
        });
        if (first[0]) {
            session.onLost(loss -> tell(session.leaseId()));
        }
    }

    /** Takes a task back. */
    void leave(Session session, Runnable onLost) {
        listeners.computeIfPresent(session.leaseId(), (lease, all) -> {
            all.remove(onLost);
            return all;
        });
    }

    private void tell(long lease) {
        Set<Runnable> all = listeners.remove(lease);
        if (all != null) {
            all.forEach(Runnable::run);
        }
    }
}

package io.coordination.lock.internal;

import io.coordination.store.Environment;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions that locks live on, each with the one fence of its lease. Thread-safe. */
final class LockSessions {

    private final Environment env;
    private final Sessions sessions;
    private final Map<Long, Fence> fences = new ConcurrentHashMap<>();

    LockSessions(Environment env, Sessions sessions) {
        this.env = env;
        this.sessions = sessions;
    }

    /** Room for one key on a lease: shared, or of its own. The caller releases the session. */
    CompletableFuture<Fence> reserve(Duration ttl, boolean ofItsOwn) {
        CompletableFuture<Session> session = ofItsOwn ? sessions.dedicated(ttl) : sessions.reserve(ttl);
        return session.thenApply(this::fenceOf);
    }

    private Fence fenceOf(Session session) {
        Fence made = new Fence(env, session);
        Fence known = fences.putIfAbsent(session.leaseId(), made);
        if (known != null) {
            return known;
        }
        session.audit(made.keys());
        session.onLost(loss -> fences.remove(session.leaseId()));
        return made;
    }
}

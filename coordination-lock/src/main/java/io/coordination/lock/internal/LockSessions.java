package io.coordination.lock.internal;

import io.coordination.store.Environment;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The sessions that locks live on, each with the one fence of its lease. Thread-safe. */
final class LockSessions {

    private static final int WATCHED_HOLDS = 256;

    private final Environment env;
    private final DeadlockDetection deadlocks;
    private final Sessions sessions;
    private final Map<Long, Fence> fences = new ConcurrentHashMap<>();
    private final RetainedLocks retained = new RetainedLocks();
    private final Semaphore watchedHolds = new Semaphore(WATCHED_HOLDS);

    LockSessions(Environment env, Sessions sessions) {
        this.env = env;
        this.sessions = sessions;
        this.deadlocks = new DeadlockDetection(env);
    }

    /** Room for one key on a lease: shared, or of its own. The caller releases the session. */
    CompletableFuture<Fence> reserve(Duration ttl, boolean ofItsOwn) {
        return reserve(ttl, ofItsOwn, 1);
    }

    /** Room for several keys on one lease. The caller releases the session once for each. */
    CompletableFuture<Fence> reserve(Duration ttl, boolean ofItsOwn, int keys) {
        CompletableFuture<Session> session = ofItsOwn ? sessions.dedicated(ttl, keys) : sessions.reserve(ttl, keys);
        return session.thenApply(this::fenceOf);
    }

    /** The locks that stay here although nobody holds them, those of modules included. */
    RetainedLocks retained() {
        return retained;
    }

    /** How many more locks may be watched only because they are held for long. */
    Semaphore watchedHolds() {
        return watchedHolds;
    }

    /** Who looks for deadlocks, those with the locks of modules included. */
    DeadlockDetection deadlocks() {
        return deadlocks;
    }

    private Fence fenceOf(Session session) {
        Fence present = fences.get(session.leaseId());
        if (present != null) {
            return present;
        }
        // First: as soon as the fence is known, another thread may queue with it and be written to.
        session.onMail(message -> Letter.read(message).ifPresent(letter -> deliver(session, letter)));
        Fence made = new Fence(env, session);
        Fence known = fences.putIfAbsent(session.leaseId(), made);
        if (known != null) {
            return known;
        }
        session.audit(made.keys());
        session.onLost(loss -> {
            fences.remove(session.leaseId());
            made.keys().leaseIsOver(loss);
        });
        return made;
    }

    private void deliver(Session session, Letter letter) {
        if (letter.kind().equals(Letter.FORCED)) {
            env.log()
                    .atWarn()
                    .addKeyValue("place", letter.k())
                    .addKeyValue("by", letter.by())
                    .addKeyValue("reason", letter.why())
                    .log("A place of this process was taken away by force");
        }
        Fence fence = fences.get(session.leaseId());
        if (fence != null) {
            fence.keys().deliver(letter);
        }
    }
}

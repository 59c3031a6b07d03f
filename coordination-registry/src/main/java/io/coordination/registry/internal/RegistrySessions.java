package io.coordination.registry.internal;

import io.coordination.store.Store;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The sessions that registrations hang on, and who has keys on each. There is one listener to each session, and one audit,
 * however many registrations come and go during its life. Thread-safe; nothing blocks.
 */
final class RegistrySessions {

    private final Store store;
    private final Sessions sessions;
    private final ConcurrentMap<Long, LeaseMembers> members = new ConcurrentHashMap<>();

    RegistrySessions(Store store, Sessions sessions) {
        this.store = store;
        this.sessions = sessions;
    }

    /** Reserves room for one key; every session that this answers is owed a {@link Session#release()}. */
    CompletableFuture<Session> reserve(Duration ttl) {
        return sessions.reserve(ttl);
    }

    /** Someone may put a key on a session from now on; it hears once when that is lost, at once when it is lost already. */
    void join(Session session, LeaseMember member) {
        boolean[] first = {false};
        LeaseMembers all = members.compute(session.leaseId(), (lease, present) -> {
            first[0] = present == null;
            LeaseMembers joined = present == null ? new LeaseMembers(store) : present;
            joined.add(member);
            return joined;
        });
        if (first[0]) {
            session.audit(all);
            session.onLost(loss -> tell(session.leaseId()));
        }
    }

    /** Someone certainly has no key on the session any more. */
    void leave(Session session, LeaseMember member) {
        members.computeIfPresent(session.leaseId(), (lease, all) -> {
            all.remove(member);
            return all;
        });
    }

    private void tell(long lease) {
        LeaseMembers all = members.remove(lease);
        if (all != null) {
            all.all().forEach(LeaseMember::sessionLost);
        }
    }
}

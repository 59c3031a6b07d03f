package io.coordination.tests.consistency;

import io.coordination.store.Environment;
import io.coordination.store.RangeQuery;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens sessions, and checks that one that calls itself valid really has its key on the server. */
final class SessionKeys implements Strand {

    private static final int MOST = 3;

    private final Client client;
    private final Findings findings;
    private final boolean serverIsTrusted;
    private final Environment env;
    private final Sessions sessions;
    private final ConcurrentLinkedDeque<Session> open = new ConcurrentLinkedDeque<>();
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Map<Long, AtomicInteger> losses = new ConcurrentHashMap<>();

    SessionKeys(Client client, Findings findings, boolean serverIsTrusted) {
        this.client = client;
        this.findings = findings;
        this.serverIsTrusted = serverIsTrusted;
        this.env = client.environment();
        this.sessions = new Sessions(env, "chaos");
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        int choice = random.nextInt(20);
        Session session = open.pollFirst();
        if (session == null) {
            return openOne();
        }
        if (session.isOver() || choice == 0) {
            session.release();
            return CompletableFuture.completedFuture(null);
        }
        open.addLast(session);
        return choice == 1 && open.size() < MOST ? openOne() : look(session);
    }

    private CompletableFuture<?> openOne() {
        Duration limit = Client.REQUEST_TIMEOUT.multipliedBy(3);
        return client.expect("session", limit, sessions.dedicated(Leases.TTL)).whenComplete((session, failure) -> {
            if (failure == null) {
                keys.add(env.keys().sessionKey(session.leaseId()));
                losses.put(session.leaseId(), new AtomicInteger());
                session.onLost(loss -> losses.get(session.leaseId()).incrementAndGet());
                open.addLast(session);
            }
        });
    }

    private CompletableFuture<?> look(Session session) {
        String key = env.keys().sessionKey(session.leaseId());
        return client.range("session read", RangeQuery.key(key)).thenAccept(found -> {
            if (found.first().isEmpty() && session.isValid() && serverIsTrusted) {
                findings.broken(
                        "the session %s said to be valid for %d ms after its key was seen to be gone",
                        key, session.remaining().toMillis());
            }
        });
    }

    /** Ends all sessions. */
    void close() throws InterruptedException {
        CompletableFuture<Void> ended = sessions.closeAsync();
        ended.handle((done, failure) -> null)
                .orTimeout(20, TimeUnit.SECONDS)
                .exceptionally(late -> {
                    findings.broken("closing the sessions of %s did not end", client);
                    return null;
                })
                .join();
    }

    /** Checks that all sessions told their end once and left nothing, given all keys. */
    void check(Set<String> end) {
        keys.stream()
                .filter(end::contains)
                .forEach(key -> findings.broken("the session is closed and its key is there: %s", key));
        losses.forEach((lease, count) -> {
            if (count.get() != 1) {
                findings.broken("the session %x told %d times that it was lost", lease, count.get());
            }
        });
    }
}

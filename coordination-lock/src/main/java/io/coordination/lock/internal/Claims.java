package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** All claims of a coordinator or module that may have keys, and whoever has to hear of its end. Thread-safe. */
final class Claims {

    /** Something of the user's that ends with the coordinator. */
    @FunctionalInterface
    interface Owner {
        /** The coordinator is closed; claims are taken away afterwards. */
        void coordinatorClosed();
    }

    private final Environment env;
    private final LockSessions sessions;
    private final QueueFeeds feeds;
    private final Set<Claim> claims = ConcurrentHashMap.newKeySet();
    private final Set<Owner> owners = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Claims(Environment env, LockSessions sessions) {
        this.env = env;
        this.sessions = sessions;
        this.feeds = new QueueFeeds(env);
    }

    Environment env() {
        return env;
    }

    /** A claim that is not started yet. */
    Claim claim(ClaimTerms terms, SerialExecutor serial, ClaimListener listener) {
        Claim claim = new Claim(env, sessions, feeds, serial, terms, listener);
        claims.add(claim);
        claim.gone().thenRun(() -> claims.remove(claim));
        if (closed) {
            claim.close();
        }
        return claim;
    }

    /** From now on the owner hears of the end. */
    void enter(Owner owner) {
        owners.add(owner);
        if (closed) {
            owner.coordinatorClosed();
        }
    }

    void exit(Owner owner) {
        owners.remove(owner);
    }

    void requireOpen() {
        if (closed) {
            throw new CoordinationClosedException("the coordinator is closed");
        }
    }

    /** How many claims may have keys. */
    int inUse() {
        return claims.size();
    }

    /**
     * Ends everything.
     *
     * @return completes when no key is left but those with a TTL of their own
     */
    CompletableFuture<Void> closeAsync() {
        closed = true;
        owners.forEach(Owner::coordinatorClosed);
        owners.clear();
        return CompletableFuture.allOf(claims.stream().map(Claim::close).toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> feeds.closeIdle());
    }
}

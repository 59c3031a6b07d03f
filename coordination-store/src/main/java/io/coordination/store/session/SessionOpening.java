package io.coordination.store.session;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.JsonCodec;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Opens a session: grants a lease with an id of our own, then publishes its key, and renews the lease once where that took
 * long. A lease that may exist without becoming a session is revoked again.
 */
final class SessionOpening {

    private static final SecureRandom IDS = new SecureRandom();

    /** What a session starts with. */
    record Opened(long lease, Duration ttl, Bytes identity, long fence, LeaseValidity validity) {}

    private final Environment env;
    private final Duration requested;
    private final long lease = (IDS.nextLong() & Long.MAX_VALUE) | 1;
    private final Bytes identity;
    // Counted from before the first attempt: a grant that is sent again does not begin later at the server.
    private final long sentWall;
    private final long sent;
    private volatile boolean granted;

    private SessionOpening(Environment env, String recipe, Duration requested) {
        this.env = env;
        this.requested = requested;
        this.identity = JsonCodec.write(ProcessIdentity.of(env, recipe));
        this.sentWall = env.time().now().toEpochMilli();
        this.sent = env.time().nanoTime();
    }

    static CompletableFuture<Opened> start(Environment env, String recipe, Duration ttl) {
        return new SessionOpening(env, recipe, ttl).open();
    }

    private CompletableFuture<Opened> open() {
        CompletableFuture<Opened> opened = env.store().grant(lease, requested).thenCompose(ttl -> {
            granted = true;
            return publish()
                    .thenCompose(fence ->
                            validity(ttl).thenApply(validity -> new Opened(lease, ttl, identity, fence, validity)));
        });
        return opened.whenComplete((done, failure) -> {
            if (failure != null && mayExist(Blocking.cause(failure))) {
                LeaseRevocation.start(env, lease, requested);
            }
        });
    }

    private boolean mayExist(Throwable failure) {
        return granted || !(failure instanceof CoordinationException e) || e.outcomeUnknown();
    }

    /** What is certain about the lease. A session must not begin with most of its life behind it. */
    private CompletableFuture<LeaseValidity> validity(Duration ttl) {
        long now = env.time().nanoTime();
        if (now - sent < ttl.toNanos() / 3) {
            return CompletableFuture.completedFuture(new LeaseValidity(sent, sentWall, ttl.toNanos()));
        }
        long nowWall = env.time().now().toEpochMilli();
        return env.store()
                .renewOnce(lease, ttl.dividedBy(3))
                .thenApply(renewed -> new LeaseValidity(now, nowWall, renewed.toNanos()));
    }

    /** Puts the session key; sent twice, the second finds the first. */
    private CompletableFuture<Long> publish() {
        String key = env.keys().sessionKey(lease);
        Txn txn = Txn.when(Txn.Compare.absent(key))
                .then(Txn.Op.put(key, identity, lease))
                .orElse(Txn.Op.get(key))
                .delivered(Delivery.REPEATABLE);
        return env.store().txn(txn).thenApply(result -> {
            if (result.succeeded()) {
                return result.revision();
            }
            KeyValue found = result.range(0).first().orElseThrow();
            if (found.lease() != lease) {
                throw new CoordinationException(
                        ErrorCode.INTERNAL_ERROR, "the session key " + key + " hangs on another lease");
            }
            return found.modRevision();
        });
    }
}

package io.coordination.store.session;

import io.coordination.store.Environment;
import io.coordination.store.Keys;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revokes a lease that nobody believes in any more, again and again until the server answered or has certainly ended it by
 * itself. The future completes after the first attempt, whatever came of it: closing must not wait for a dead server.
 */
final class LeaseRevocation {

    private static final Logger log = LoggerFactory.getLogger(LeaseRevocation.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Environment env;
    private final long lease;
    private final long giveUpAt;
    private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();

    private LeaseRevocation(Environment env, long lease, Duration ttl) {
        this.env = env;
        this.lease = lease;
        // Twice the TTL: a new leader lets every lease begin anew.
        this.giveUpAt = env.time().nanoTime() + ttl.multipliedBy(2).toNanos();
    }

    static CompletableFuture<Void> start(Environment env, long lease, Duration ttl) {
        LeaseRevocation revocation = new LeaseRevocation(env, lease, ttl);
        revocation.attempt();
        return revocation.firstAttempt;
    }

    private void attempt() {
        env.store().revoke(lease).whenComplete((done, failure) -> {
            firstAttempt.complete(null);
            if (failure != null && env.time().nanoTime() - giveUpAt < 0) {
                log.atDebug()
                        .setCause(failure)
                        .addKeyValue("lease", Keys.leaseSegment(lease))
                        .log("Revoke failed");
                env.time().schedule(PAUSE, this::attempt);
            }
        });
    }
}

package io.coordination.store.session;

import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revokes a lease that nobody believes in any more, at growing intervals, until the server answered, has certainly ended it
 * by itself, or the store was closed. The future completes after the first attempt, whatever came of it: closing must not
 * wait for a dead server.
 */
final class LeaseRevocation {

    private static final Logger log = LoggerFactory.getLogger(LeaseRevocation.class);
    private static final long FIRST_PAUSE = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();

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
        revocation.attempt(FIRST_PAUSE);
        return revocation.firstAttempt;
    }

    private void attempt(long pause) {
        env.store().revoke(lease).whenComplete((done, failure) -> {
            firstAttempt.complete(null);
            if (failure != null && mayHelp(failure, pause)) {
                log.atDebug()
                        .setCause(failure)
                        .addKeyValue("lease", Keys.leaseSegment(lease))
                        .log("Revoke failed");
                // All leases of a process end in the same outage: they must not come back in step.
                long jittered = pause - ThreadLocalRandom.current().nextLong(pause / 5);
                env.time().schedule(Duration.ofNanos(jittered), () -> attempt(Math.min(pause * 2, LONGEST_PAUSE)));
            }
        });
    }

    private boolean mayHelp(Throwable failure, long pause) {
        return Blocking.failure(failure, "a revoke").code() != ErrorCode.CLOSED
                && env.time().nanoTime() + pause - giveUpAt < 0;
    }
}

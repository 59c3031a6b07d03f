package io.coordination.lock.internal;

import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the keys of a claim out of their queues and does not rest before that is definite: answered, or their lease is over. */
final class ClaimDeparture {

    private static final Logger log = LoggerFactory.getLogger(ClaimDeparture.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Environment env;
    private final ClaimLease lease;
    private final List<String> keys;
    private final long revision;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    private ClaimDeparture(Environment env, ClaimLease lease, List<String> keys, long revision) {
        this.env = env;
        this.lease = lease;
        this.keys = keys;
        this.revision = revision;
    }

    /**
     * Releases keys that were made at a revision and that no late copy of their enqueue can make again.
     *
     * @return true when this call deleted them, false when one was gone before
     */
    static CompletableFuture<Boolean> release(Environment env, ClaimLease lease, List<String> keys, long revision) {
        ClaimDeparture departure = new ClaimDeparture(env, lease, keys, revision);
        departure.send();
        return departure.done;
    }

    /** Ends an attempt of which copies may still be under way. */
    static CompletableFuture<Boolean> close(Fence fence, List<String> keys) {
        return CompletableFuture.allOf(keys.stream().map(fence::close).toArray(CompletableFuture<?>[]::new))
                .thenApply(closed -> !fence.session().isOver());
    }

    private void send() {
        env.store().txn(ClaimTxns.release(keys, revision)).whenComplete((result, failure) -> {
            if (failure == null) {
                // Not there: either our own first copy deleted it, while its answer was lost, or it had expired before.
                done.complete(ClaimTxns.releasedAll(result) || lease.isValid());
            } else if (lease.isOver()
                    || Blocking.failure(failure, "releasing a lock").code() == ErrorCode.CLOSED) {
                done.complete(false);
            } else {
                log.atDebug().setCause(failure).addKeyValue("keys", keys).log("Release failed, retrying");
                env.time().schedule(PAUSE, this::send);
            }
        });
    }
}

package io.coordination.lock.internal;

import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a key out of a queue and does not rest before that is definite: answered, or its lease is over. Nobody waits for it
 * but who asked whether the release was his.
 */
final class Departure {

    private static final Logger log = LoggerFactory.getLogger(Departure.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /**
     * How a key came to its end.
     *
     * @param ours whether this process deleted it
     * @param revision of the deletion, 0 when unknown
     */
    record Left(boolean ours, long revision) {

        /** Without a deletion that is known of. */
        static final Left BEFORE = new Left(false, 0);
    }

    private final Environment env;
    private final KeyLeases leases;
    private final String key;
    private final long revision;
    private final CompletableFuture<Left> done = new CompletableFuture<>();

    private Departure(Environment env, KeyLeases leases, String key, long revision) {
        this.env = env;
        this.leases = leases;
        this.key = key;
        this.revision = revision;
    }

    /**
     * Releases a key that was made at a revision and that no late copy of its enqueue can make again.
     *
     * @return how it ended
     */
    static CompletableFuture<Left> release(Environment env, KeyLeases leases, String key, long revision) {
        Departure departure = new Departure(env, leases, key, revision);
        departure.send();
        return departure.done;
    }

    /** Ends an attempt of which copies may still be under way. */
    static CompletableFuture<Left> close(Fence fence, String key) {
        return fence.close(key).thenApply(closed -> new Left(!fence.session().isOver(), 0));
    }

    private void send() {
        env.store().txn(LockTxns.release(key, revision)).whenComplete((result, failure) -> {
            if (failure == null) {
                // Not there: either our own first copy deleted it, while its answer was lost, or it had expired before.
                boolean ours = result.succeeded() || leases.isValid();
                done.complete(new Left(ours, ours ? result.revision() : 0));
            } else if (leases.areOver()
                    || Blocking.failure(failure, "releasing a lock").code() == ErrorCode.CLOSED) {
                done.complete(Left.BEFORE);
            } else {
                log.atDebug().setCause(failure).addKeyValue("key", key).log("Release failed, retrying");
                env.time().schedule(PAUSE, this::send);
            }
        });
    }
}

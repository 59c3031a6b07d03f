package io.coordination.lock.internal;

import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes keys out of their queues and does not rest before that is definite: answered, or their lease is over. Nobody waits for
 * it but who asked whether the release was his.
 */
final class Departure {

    private static final Logger log = LoggerFactory.getLogger(Departure.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /**
     * How keys came to their end.
     *
     * @param ours whether this process deleted them, all of them
     * @param revision of the deletion, 0 when unknown
     */
    record Left(boolean ours, long revision) {

        /** Without a deletion that is known of. */
        static final Left BEFORE = new Left(false, 0);
    }

    private final Environment env;
    private final Leases leases;
    private final List<String> keys;
    private final long revision;
    private final Delivery delivery;
    private final CompletableFuture<Left> done = new CompletableFuture<>();

    private Departure(Environment env, Leases leases, List<String> keys, long revision, Delivery delivery) {
        this.env = env;
        this.leases = leases;
        this.keys = keys;
        this.revision = revision;
        this.delivery = delivery;
    }

    /**
     * Releases keys that were made at a revision and that no late copy of their enqueue can make again.
     *
     * @param delivery urgent, or deferrable when nobody waits for it
     * @return how they ended
     */
    static CompletableFuture<Left> release(
            Environment env, Leases leases, List<String> keys, long revision, Delivery delivery) {
        Departure departure = new Departure(env, leases, keys, revision, delivery);
        departure.send();
        return departure.done;
    }

    /** Ends an attempt of which copies may still be under way. */
    static CompletableFuture<Left> close(Fence fence, List<String> keys) {
        return CompletableFuture.allOf(keys.stream().map(fence::close).toArray(CompletableFuture<?>[]::new))
                .thenApply(closed -> new Left(!fence.session().isOver(), 0));
    }

    private void send() {
        env.store().txn(LockTxns.release(keys, revision).delivered(delivery)).whenComplete((result, failure) -> {
            if (failure == null) {
                // Not there: either our own first copy deleted them, while its answer was lost, or they had expired
                // before.
                boolean ours = LockTxns.releasedAll(result) || leases.isValid();
                done.complete(new Left(ours, ours ? result.revision() : 0));
            } else if (leases.areOver()
                    || Blocking.failure(failure, "releasing a lock").code() == ErrorCode.CLOSED) {
                done.complete(Left.BEFORE);
            } else {
                log.atDebug().setCause(failure).addKeyValue("keys", keys).log("Release failed, retrying");
                env.time().schedule(PAUSE, this::send);
            }
        });
    }
}

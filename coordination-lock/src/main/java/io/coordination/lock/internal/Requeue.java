package io.coordination.lock.internal;

import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Txn;
import io.coordination.store.session.Session;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Releases a key and queues another one for the next local request, in one transaction, sent until it is definite. Its guard
 * can be true only once, so repeating it is safe. Confined to the serial executor of its lock.
 */
final class Requeue {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Environment env;
    private final SerialExecutor serial;
    private final Session session;
    private final Txn txn;
    private final CompletableFuture<Enqueue.Outcome> outcome = new CompletableFuture<>();

    Requeue(QueueContext context, Session session, Txn txn) {
        this.env = context.env();
        this.serial = context.serial();
        this.session = session;
        this.txn = txn;
    }

    /** The new key's place; {@link Enqueue.PredecessorGone} when the old key was gone before, so that nothing was written. */
    CompletableFuture<Enqueue.Outcome> start() {
        send();
        return outcome;
    }

    private void send() {
        env.store()
                .txn(txn)
                .whenComplete((result, failure) -> serial.execute(() -> {
                    if (failure != null) {
                        failed(Blocking.failure(failure, "handing over a lock").code());
                    } else if (result.succeeded()) {
                        outcome.complete(new Enqueue.Placed(
                                result.revision(),
                                result.revision(),
                                result.range(LockTxns.REQUEUED_QUEUE).entries()));
                    } else {
                        Optional<KeyValue> found =
                                result.range(LockTxns.NEW_KEY).first();
                        outcome.complete(
                                found.isEmpty()
                                        ? new Enqueue.PredecessorGone()
                                        : new Enqueue.Placed(
                                                found.get().createRevision(),
                                                result.revision(),
                                                result.range(1).entries()));
                    }
                }));
    }

    private void failed(ErrorCode code) {
        if (code == ErrorCode.NOT_FOUND) {
            session.keyIsGone();
            outcome.complete(new Enqueue.LeaseGone());
        } else if (session.isOver() || code == ErrorCode.CLOSED) {
            outcome.complete(new Enqueue.LeaseGone());
        } else {
            env.time().schedule(PAUSE, () -> serial.execute(this::send));
        }
    }
}

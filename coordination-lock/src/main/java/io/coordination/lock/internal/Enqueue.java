package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * One attempt to put a key into a queue, sent until an answer says what became of it.
 *
 * <p>A copy whose answer was lost may be applied at any later time, as long as the fence has the revision that the copy
 * carried: the attempt is <em>tainted</em>. Who ends a tainted attempt moves the fence. Confined to the serial executor of
 * its lock.
 */
final class Enqueue {

    private static final Duration PAUSE = Duration.ofMillis(100);

    /** What became of an attempt. */
    sealed interface Outcome {}

    /** The key is in the queue: its create revision, and the queue at the revision of the answer. */
    record Placed(long createRevision, long answeredAt, List<KeyValue> queue) implements Outcome {}

    /** Nothing was written: the queue, at the revision of the answer, was not as it had to be; how long the answer took. */
    record Refused(long answeredAt, List<KeyValue> queue, long nanos) implements Outcome {}

    /** The key that was to be replaced was gone, so nothing was written. */
    record PredecessorGone() implements Outcome {}

    /** The lease is gone. */
    record LeaseGone() implements Outcome {}

    /** Given up; what became of the copies that were sent is open unless the attempt {@link #isResolved()}. */
    record Failed(CoordinationException cause) implements Outcome {}

    private final Environment env;
    private final SerialExecutor serial;
    private final Fence fence;
    private final LongFunction<Txn> txnAtFence;
    private final boolean waits;
    private final long patientUntil;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private OptionalLong ghostFence = OptionalLong.empty();
    private long sentAt;
    private boolean resolved = true;
    private boolean givenUp;

    /**
     * An attempt that is not sent yet.
     *
     * @param txnAtFence the transaction for a revision of the fence
     * @param waits whether a queue that is not empty is waited in; otherwise it refuses
     */
    Enqueue(QueueContext context, Fence fence, LongFunction<Txn> txnAtFence, boolean waits) {
        this.env = context.env();
        this.serial = context.serial();
        this.fence = fence;
        this.txnAtFence = txnAtFence;
        this.waits = waits;
        this.patientUntil =
                env.time().nanoTime() + env.options().requestTimeout().toNanos();
    }

    CompletableFuture<Outcome> start() {
        send();
        return outcome;
    }

    /** Sends nothing more; the outcome comes with the answer that is under way. */
    void giveUp() {
        givenUp = true;
    }

    /** Whether a copy of this attempt could still be applied. */
    boolean isTainted() {
        return ghostFence.isPresent() && ghostFence.getAsLong() == fence.revision();
    }

    /** Whether it is known what became of every copy that was sent before the last answer. */
    boolean isResolved() {
        return resolved;
    }

    private void send() {
        long known = fence.revision();
        sentAt = env.time().nanoTime();
        env.store()
                .txn(txnAtFence.apply(known))
                .whenComplete((result, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        answered(result);
                    } else {
                        failed(Blocking.failure(failure, "joining the queue of a lock"), known);
                    }
                }));
    }

    private void answered(TxnResult result) {
        resolved = true;
        if (result.succeeded()) {
            outcome.complete(new Placed(
                    result.revision(),
                    result.revision(),
                    result.range(LockTxns.ENQUEUED_QUEUE).entries()));
            return;
        }
        Optional<KeyValue> own = result.range(LockTxns.OWN_KEY).first();
        Optional<KeyValue> fenceKey = result.range(LockTxns.FENCE).first();
        List<KeyValue> queue = result.range(LockTxns.QUEUE).entries();
        fenceKey.ifPresent(found -> fence.seen(found.modRevision()));
        if (fenceKey.isEmpty()) {
            fence.session().keyIsGone();
            outcome.complete(new LeaseGone());
        } else if (own.isPresent()) {
            outcome.complete(new Placed(own.get().createRevision(), result.revision(), queue));
        } else if (!waits && !queue.isEmpty()) {
            outcome.complete(new Refused(result.revision(), queue, env.time().nanoTime() - sentAt));
        } else {
            again(new CoordinationException(ErrorCode.CANCELLED, "the fence of the lease was moved"), Duration.ZERO);
        }
    }

    private void failed(CoordinationException cause, long known) {
        if (cause.outcomeUnknown()) {
            resolved = false;
            ghostFence = OptionalLong.of(known);
        }
        if (cause.code() == ErrorCode.NOT_FOUND) {
            fence.session().keyIsGone();
            outcome.complete(new LeaseGone());
        } else if (fence.session().isOver()) {
            outcome.complete(new LeaseGone());
        } else if (cause.retryable() && env.time().nanoTime() - patientUntil < 0) {
            again(cause, PAUSE);
        } else {
            outcome.complete(new Failed(cause));
        }
    }

    private void again(CoordinationException cause, Duration pause) {
        if (givenUp) {
            outcome.complete(new Failed(cause));
        } else if (pause.isZero()) {
            send();
        } else {
            env.time().schedule(pause, () -> serial.execute(() -> again(cause, Duration.ZERO)));
        }
    }
}

package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The question whether a key of a lock gets into its queue.
 *
 * @param txnAtFence the transaction for a revision of the fence
 * @param waits whether a queue that is not empty is waited in; otherwise it refuses
 */
record Enqueue(LongFunction<Txn> txnAtFence, boolean waits) implements FencedAttempt.Question<Enqueue.Outcome> {

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

    /** Given up; what became of the copies that were sent may be open. */
    record Failed(CoordinationException cause) implements Outcome {}

    @Override
    public Txn txn(long fence) {
        return txnAtFence.apply(fence);
    }

    @Override
    public Optional<KeyValue> fence(TxnResult refused) {
        return refused.range(LockTxns.FENCE).first();
    }

    @Override
    public Outcome applied(TxnResult result) {
        List<KeyValue> queue = result.range(LockTxns.ENQUEUED_QUEUE).entries();
        return new Placed(result.revision(), result.revision(), queue);
    }

    @Override
    public Optional<Outcome> notApplied(TxnResult result, long roundTripNanos) {
        Optional<KeyValue> own = result.range(LockTxns.OWN_KEY).first();
        List<KeyValue> queue = result.range(LockTxns.QUEUE).entries();
        if (own.isPresent()) {
            return Optional.of(new Placed(own.get().createRevision(), result.revision(), queue));
        }
        return waits || queue.isEmpty()
                ? Optional.empty()
                : Optional.of(new Refused(result.revision(), queue, roundTripNanos));
    }

    @Override
    public Outcome leaseGone() {
        return new LeaseGone();
    }

    @Override
    public Outcome failed(CoordinationException cause) {
        return new Failed(cause);
    }
}

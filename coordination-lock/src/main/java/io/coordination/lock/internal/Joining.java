package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The question whether the keys of a claim get into their queues: what {@link Enqueue} is for a lock. Confined to the serial
 * executor of its claim.
 */
final class Joining implements FencedAttempt.Question<Joining.Outcome> {

    /** What became of an attempt. */
    sealed interface Outcome {}

    /**
     * The keys are in the queues.
     *
     * @param createRevision of the keys
     * @param answeredAt the revision of the answer
     * @param queues what was in them at that revision
     * @param patience how long the claim stays there although it was not to wait: until locks that nobody may be working under
     *     are given up, at most; empty when there is no such limit
     */
    record Placed(long createRevision, long answeredAt, List<List<KeyValue>> queues, Optional<Duration> patience)
            implements Outcome {}

    /** Nothing was written: there is no room. */
    record Refused() implements Outcome {}

    /** The lease is gone. */
    record LeaseGone() implements Outcome {}

    /** Given up; what became of the copies that were sent may be open. */
    record Failed(CoordinationException cause) implements Outcome {}

    private final ClaimTxns txns;
    private final Optional<Room> onlyIf;
    private Optional<Duration> patience = Optional.empty();
    private long lookedAt;

    /**
     * A question that is not asked yet.
     *
     * @param onlyIf the room that there must be in the queues as they are; if present, the claim does not wait for it
     */
    Joining(ClaimTxns txns, Optional<Room> onlyIf) {
        this.txns = txns;
        this.onlyIf = onlyIf;
    }

    /** Whether it is refused unless there is room at once. */
    private boolean isAttempt() {
        return onlyIf.isPresent() && patience.isEmpty();
    }

    @Override
    public Txn txn(long fence) {
        return isAttempt() ? txns.attempt(fence, lookedAt) : txns.enqueue(fence);
    }

    @Override
    public Optional<KeyValue> fence(TxnResult refused) {
        return ClaimTxns.fence(refused);
    }

    @Override
    public Outcome applied(TxnResult result) {
        return new Placed(result.revision(), result.revision(), txns.queues(result), patience);
    }

    @Override
    public Optional<Outcome> notApplied(TxnResult result, long roundTripNanos) {
        List<List<KeyValue>> queues = txns.queues(result);
        Optional<KeyValue> own = queues.stream()
                .flatMap(List::stream)
                .filter(entry -> txns.keys().contains(entry.key()))
                .findFirst();
        if (own.isPresent()) {
            return Optional.of(new Placed(own.get().createRevision(), result.revision(), queues, patience));
        }
        if (isAttempt() && isRefused(queues, roundTripNanos)) {
            return Optional.of(new Refused());
        }
        lookedAt = result.revision();
        return Optional.empty();
    }

    /** Retained locks refuse nobody: an attempt leaves no trace, so it has to queue for them to be given up. */
    private boolean isRefused(List<List<KeyValue>> queues, long roundTripNanos) {
        Room room = onlyIf.orElseThrow();
        if (room.isIn(queues)) {
            return false;
        }
        if (!room.isBehindRetained(queues)) {
            return true;
        }
        patience = Optional.of(RetainedLocks.patience(roundTripNanos));
        return false;
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

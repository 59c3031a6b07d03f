package io.coordination.lock.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.GuardedWrite;
import io.coordination.store.Blocking;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One guarded write. It compares the queue key of the lock, and the fence of the resource, which must be less than the mark of
 * this write and becomes it: so no copy is applied a second time, nor after a later write of anybody. What became of a copy
 * whose answer was lost is read off the fence.
 *
 * <p>A compare of a value never holds for a key that does not exist: the first write of a resource asks for its absence.
 */
final class GuardedSending {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int FENCE = 0;
    private static final int OWN_KEY = 1;

    /** A write that was applied. */
    record Sent(FenceMark mark, long revision) {}

    private final Environment env;
    private final HoldGuard.Proof proof;
    private final GuardedWrite write;
    private final String fenceKey;
    private final long patientUntil;
    private final CompletableFuture<Sent> outcome = new CompletableFuture<>();
    private FenceMark mark;
    private boolean firstOfResource;
    private boolean uncertain; // whether a copy without an answer may have been applied

    GuardedSending(Environment env, HoldGuard.Proof proof, GuardedWrite write, long number) {
        this.env = env;
        this.proof = proof;
        this.write = write;
        this.fenceKey = env.keys().fenceKey(write.resource());
        this.patientUntil =
                env.time().nanoTime() + env.options().requestTimeout().toNanos();
        this.mark = FenceMark.of(proof.token(), number);
    }

    /** Sends it until its outcome is certain, at most for the request timeout. */
    CompletableFuture<Sent> send() {
        env.store().txn(txn()).whenComplete((result, failure) -> {
            try {
                if (failure != null) {
                    failed(Blocking.failure(failure, operation()));
                } else if (result.succeeded()) {
                    outcome.complete(new Sent(mark, result.revision()));
                } else {
                    refused(result);
                }
            } catch (CoordinationException e) {
                outcome.completeExceptionally(asKnown(e));
            }
        });
        return outcome;
    }

    private String operation() {
        return "writing to resource '" + write.resource() + "' under lock '" + proof.lock() + "'";
    }

    private Txn txn() {
        Compare fence = firstOfResource
                ? Compare.absent(fenceKey)
                : new Compare(KeyRange.key(fenceKey), Txn.Target.VALUE, Txn.Relation.LESS, 0, mark.toBytes());
        List<Op> operations = new ArrayList<>();
        operations.add(Op.put(fenceKey, mark.toBytes(), 0));
        write.puts().forEach((key, value) -> operations.add(Op.put(key, Bytes.copyOf(value), 0)));
        write.deletes().forEach(key -> operations.add(Op.delete(key)));
        return new Txn(
                List.of(proof.key(), fence),
                operations,
                List.of(Op.get(fenceKey), Op.get(RangeQuery.of(proof.key().keys()))),
                Delivery.ONCE);
    }

    private void refused(TxnResult result) {
        Optional<KeyValue> fence = result.range(FENCE).first();
        boolean holds = result.range(OWN_KEY)
                .first()
                .filter(key -> key.createRevision() == proof.key().number())
                .isPresent();
        Optional<FenceMark> seen = fence.map(entry -> FenceMark.read(write.resource(), entry.value()));
        if (seen.filter(mark::equals).isPresent()) {
            outcome.complete(new Sent(mark, fence.orElseThrow().modRevision()));
        } else if (seen.filter(other -> other.token() > proof.token()).isPresent()) {
            outcome.completeExceptionally(overtaken(seen.get().token()));
        } else if (!holds) {
            // Certain, whatever answers were lost: the fence does not have the mark, and the key never comes back.
            outcome.completeExceptionally(new LockLostException("lock '" + proof.lock() + "' is lost: resource '"
                    + write.resource() + "' was not written, acquire it again"));
        } else {
            sendBehind(seen);
        }
    }

    /** The lock is held, and the fence is not as it was thought to be. */
    private void sendBehind(Optional<FenceMark> seen) {
        firstOfResource = seen.isEmpty();
        boolean passed = seen.filter(other -> other.token() == proof.token() && other.write() >= mark.write())
                .isPresent();
        if (passed && uncertain) {
            throw unknown(ErrorCode.CONFLICT, "another write of the same owner came in between");
        }
        if (passed) {
            mark = FenceMark.of(proof.token(), seen.orElseThrow().write() + 1);
        }
        if (isPatient()) {
            send();
        } else {
            throw CoordinationException.of(
                    ErrorCode.TIMEOUT_ERROR, operation() + " was overtaken again and again: retry later");
        }
    }

    private ConflictException overtaken(long token) {
        return ConflictException.overtaken(
                "resource '" + write.resource() + "' was written by a later owner of lock '" + proof.lock()
                        + "', with token " + token + " above " + proof.token() + ": stop the work",
                token,
                uncertain);
    }

    private void failed(CoordinationException failure) {
        uncertain |= failure.outcomeUnknown();
        if (failure.outcomeUnknown() && failure.code() != ErrorCode.CLOSED && isPatient()) {
            env.time().schedule(PAUSE, this::send);
        } else {
            throw failure;
        }
    }

    private boolean isPatient() {
        return env.time().nanoTime() - patientUntil < 0;
    }

    /** A failure of a later copy says nothing about an earlier one. */
    private CoordinationException asKnown(CoordinationException failure) {
        return uncertain && !failure.outcomeUnknown()
                ? CoordinationException.withUnknownOutcome(
                        failure.code(), operation() + " may have been applied: " + failure.getMessage(), failure)
                : failure;
    }

    private CoordinationException unknown(ErrorCode code, String why) {
        return CoordinationException.withUnknownOutcome(code, operation() + " was not answered, and " + why);
    }
}

package io.coordination.memory;

import static java.util.Objects.requireNonNull;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.RangeResult;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Works out what a transaction does, without doing it: whoever runs it commits {@link #draft()}. Guarded by the lock of the
 * database.
 */
final class TxnEvaluation {

    private final long clusterId;
    private final History history;
    private final LongPredicate leaseExists;
    private final Draft draft;

    TxnEvaluation(long clusterId, History history, LongPredicate leaseExists) {
        this.clusterId = clusterId;
        this.history = history;
        this.leaseExists = leaseExists;
        this.draft = new Draft(history.newest());
    }

    Draft draft() {
        return draft;
    }

    /** Checks the whole branch before its first operation, so that a refusal leaves nothing. */
    TxnResult run(Txn txn) {
        CompareCheck check = new CompareCheck(draft.state());
        boolean succeeded = txn.compares().stream().allMatch(check::holds);
        List<Txn.Op> branch = succeeded ? txn.success() : txn.failure();
        branch.forEach(this::require);
        List<TxnResult.OpResult> results = branch.stream().map(this::apply).toList();
        return new TxnResult(clusterId, succeeded, draft.revision(), results);
    }

    private void require(Txn.Op operation) {
        if (operation instanceof Txn.Put put) {
            requirePut(put);
        } else if (operation instanceof Txn.Get get) {
            history.at(get.query().revision());
        }
    }

    private void requirePut(Txn.Put put) {
        if (put.lease() != 0 && !leaseExists.test(put.lease())) {
            throw MemoryLeases.notFound(put.lease());
        }
        if (put.ignoreLease() && !draft.state().containsKey(put.key())) {
            throw CoordinationException.of(
                    ErrorCode.VALIDATION_ERROR,
                    "key not found: the put of '" + put.key() + "' keeps the present lease, but there is no such key");
        }
    }

    private TxnResult.OpResult apply(Txn.Op operation) {
        if (operation instanceof Txn.Put put) {
            draft.put(put.key(), put.value(), leaseOf(put));
            return new TxnResult.Done();
        }
        if (operation instanceof Txn.Delete delete) {
            return new TxnResult.Deleted(draft.delete(delete.keys()));
        }
        return new TxnResult.Found(read((Txn.Get) operation));
    }

    private long leaseOf(Txn.Put put) {
        return put.ignoreLease() ? requireNonNull(draft.state().get(put.key())).lease() : put.lease();
    }

    private RangeResult read(Txn.Get get) {
        long past = get.query().revision();
        return new RangeRead(
                        clusterId,
                        draft.revision(),
                        past == 0 ? draft.state() : history.at(past).state())
                .answer(get.query());
    }
}

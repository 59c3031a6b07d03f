package io.coordination.memory;

import static java.util.Objects.requireNonNull;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.RangeResult;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.ArrayList;
import java.util.Iterator;
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

    /**
     * Chooses the branches of all transactions and checks them whole before the first operation, so that compares see the
     * state before and a refusal leaves nothing.
     */
    TxnResult run(Txn txn) {
        Chosen chosen = choose(txn, new CompareCheck(draft.state()));
        List<TxnResult.OpResult> results = apply(chosen);
        return result(chosen, results);
    }

    /** A transaction whose compares were evaluated, and the nested ones of its branch, in order. */
    private record Chosen(boolean succeeded, List<Txn.Op> branch, Iterator<Chosen> nested) {}

    private Chosen choose(Txn txn, CompareCheck check) {
        boolean succeeded = txn.compares().stream().allMatch(check::holds);
        List<Txn.Op> branch = succeeded ? txn.success() : txn.failure();
        List<Chosen> nested = new ArrayList<>();
        for (Txn.Op operation : branch) {
            if (operation instanceof Txn.Nested inner) {
                nested.add(choose(inner.txn(), check));
            } else {
                require(operation);
            }
        }
        return new Chosen(succeeded, branch, nested.iterator());
    }

    private TxnResult result(Chosen chosen, List<TxnResult.OpResult> results) {
        return new TxnResult(
                clusterId,
                chosen.succeeded(),
                draft.revision(),
                results.stream().map(this::finished).toList());
    }

    /** Nested transactions answer the revision of the outermost, which is not known before its last operation. */
    private TxnResult.OpResult finished(TxnResult.OpResult result) {
        if (!(result instanceof TxnResult.Nested nested)) {
            return result;
        }
        TxnResult inner = nested.result();
        return new TxnResult.Nested(new TxnResult(
                clusterId,
                inner.succeeded(),
                draft.revision(),
                inner.results().stream().map(this::finished).toList()));
    }

    private List<TxnResult.OpResult> apply(Chosen chosen) {
        return chosen.branch().stream()
                .map(operation -> apply(operation, chosen.nested()))
                .toList();
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

    private TxnResult.OpResult apply(Txn.Op operation, Iterator<Chosen> nested) {
        if (operation instanceof Txn.Put put) {
            draft.put(put.key(), put.value(), leaseOf(put));
            return new TxnResult.Done();
        }
        if (operation instanceof Txn.Delete delete) {
            return new TxnResult.Deleted(draft.delete(delete.keys()));
        }
        if (operation instanceof Txn.Nested) {
            Chosen inner = nested.next();
            return new TxnResult.Nested(result(inner, apply(inner)));
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

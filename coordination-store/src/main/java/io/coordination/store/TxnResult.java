package io.coordination.store;

import java.util.List;

/**
 * What a transaction did.
 *
 * @param clusterId the cluster that answered
 * @param succeeded whether the compares held, so that the success branch was applied
 * @param revision the transaction's own revision when it changed something, otherwise the store's
 * @param results one for each operation of the applied branch, in order
 */
public record TxnResult(long clusterId, boolean succeeded, long revision, List<OpResult> results) {

    /** Keeps an immutable copy of the results. */
    public TxnResult {
        results = List.copyOf(results);
    }

    /**
     * What the read at a position of the branch found.
     *
     * @throws IllegalArgumentException when the operation at that position was not a read
     */
    public RangeResult range(int index) {
        if (results.get(index) instanceof Found found) {
            return found.range();
        }
        throw new IllegalArgumentException("operation " + index + " of the branch was not a read");
    }

    /**
     * How many keys the delete at a position of the branch deleted.
     *
     * @throws IllegalArgumentException when the operation at that position was not a delete
     */
    public long deleted(int index) {
        if (results.get(index) instanceof Deleted deleted) {
            return deleted.count();
        }
        throw new IllegalArgumentException("operation " + index + " of the branch was not a delete");
    }

    /**
     * What the transaction at a position of the branch did; its revision is that of the outermost transaction.
     *
     * @throws IllegalArgumentException when the operation at that position was not a transaction
     */
    public TxnResult nested(int index) {
        if (results.get(index) instanceof Nested nested) {
            return nested.result();
        }
        throw new IllegalArgumentException("operation " + index + " of the branch was not a transaction");
    }

    /** The result of one operation. */
    public sealed interface OpResult {}

    /** A key was put. */
    public record Done() implements OpResult {}

    /**
     * Keys were deleted.
     *
     * @param count how many
     */
    public record Deleted(long count) implements OpResult {}

    /**
     * A range was read.
     *
     * @param range what was found
     */
    public record Found(RangeResult range) implements OpResult {}

    /**
     * A transaction was run as part of another one.
     *
     * @param result what it did
     */
    public record Nested(TxnResult result) implements OpResult {}
}

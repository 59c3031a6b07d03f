package io.coordination.lock.internal;

import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The transactions of claims: as those of {@link LockTxns}, for the keys of one claim in one or more queues at once.
 *
 * @param ranges what is read of each queue
 * @param keys the key in each queue
 * @param value what they are put with
 * @param lease what they hang on
 * @param fenceKey the fence of the lease
 */
record ClaimTxns(List<KeyRange> ranges, List<String> keys, Bytes value, long lease, String fenceKey) {

    /** In the failure branch of {@link #enqueue} and {@link #attempt}; the queues follow it. */
    private static final int FENCE = 0;

    /** Joins all queues unless a key exists already or the fence was moved. */
    Txn enqueue(long fence) {
        List<Compare> guards = new ArrayList<>();
        keys.forEach(key -> guards.add(Compare.absent(key)));
        return joining(guards, fence);
    }

    /**
     * Joins all queues unless something was added or changed in one of them since they were looked at, or the fence was moved;
     * writes nothing otherwise.
     *
     * @param lookedAt the revision at which there was room, or 0: only if the queues are empty
     */
    Txn attempt(long fence, long lookedAt) {
        List<Compare> guards = new ArrayList<>();
        for (KeyRange range : ranges) {
            guards.add(
                    lookedAt == 0
                            ? Compare.noneIn(new KeyRange(queueStart(range), range.to()))
                            : new Compare(
                                    range, Txn.Target.MOD_REVISION, Txn.Relation.LESS, lookedAt + 1, Bytes.EMPTY));
        }
        return joining(guards, fence);
    }

    /** What lies beside a queue, such as a limit, does not fill it. */
    private static String queueStart(KeyRange range) {
        int prefix = range.from().lastIndexOf('/') + 1;
        return range.from().substring(0, prefix) + '0';
    }

    private Txn joining(List<Compare> guards, long fence) {
        guards.add(Compare.modifiedAt(fenceKey, fence));
        List<Op> success = new ArrayList<>();
        keys.forEach(key -> success.add(Op.put(key, value, lease)));
        success.addAll(reads());
        List<Op> failure = new ArrayList<>();
        failure.add(Op.get(fenceKey));
        failure.addAll(reads());
        return new Txn(guards, success, failure, Delivery.ONCE);
    }

    /** Reads all queues at one revision. */
    Txn look() {
        return new Txn(List.of(), reads(), List.of(), Delivery.REPEATABLE);
    }

    private List<Op> reads() {
        return ranges.stream().map(range -> Op.get(RangeQuery.of(range))).toList();
    }

    /** The queues as the answer to {@link #enqueue} or {@link #attempt} shows them. */
    List<List<KeyValue>> queues(TxnResult result) {
        return queues(result, result.succeeded() ? keys.size() : FENCE + 1);
    }

    /** The queues as the answer to {@link #look} shows them. */
    List<List<KeyValue>> looked(TxnResult result) {
        return queues(result, 0);
    }

    private List<List<KeyValue>> queues(TxnResult result, int first) {
        return IntStream.range(first, first + ranges.size())
                .mapToObj(i -> result.range(i).entries())
                .toList();
    }

    /** The fence as a refused {@link #enqueue} or {@link #attempt} found it. */
    static Optional<KeyValue> fence(TxnResult refused) {
        return refused.range(FENCE).first();
    }

    /** Gives a key another value; its place and its lease stay. Applied at most once, so it may be repeated. */
    static Txn amend(String key, long createRevision, long modRevision, Bytes value) {
        return Txn.when(Compare.createdAt(key, createRevision), Compare.modifiedAt(key, modRevision))
                .then(Op.putKeepingLease(key, value))
                .orElse(Op.get(key))
                .delivered(Delivery.REPEATABLE);
    }
}

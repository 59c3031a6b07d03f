package io.coordination.memory;

import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.group.GroupCommit;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A group commit over a memory store, whose two places for batches a test can keep busy while it submits. */
final class GroupRig {

    private static final String BUSY = "/busy/";

    final MemoryStore memory;
    final FaultyStore faulty;
    final GroupCommit commit;

    GroupRig() {
        ManualTime time = new ManualTime();
        memory = MemoryStore.create(time);
        faulty = FaultyStore.over(memory.connect(), time);
        commit = new GroupCommit(faulty);
    }

    /** Submits while two transactions are under way; what was collected is sent before this returns. */
    void together(Runnable submit) {
        together(Delivery.ONCE, submit);
    }

    void together(Delivery delivery, Runnable submit) {
        HeldCalls busy = faulty.onEveryTxn(GroupRig::isBusy).hold();
        commit.txn(put(BUSY + delivery + 1).delivered(delivery));
        commit.txn(put(BUSY + delivery + 2).delivered(delivery));
        submit.run();
        busy.release();
    }

    List<CompletableFuture<TxnResult>> together(Txn... txns) {
        List<CompletableFuture<TxnResult>> answers = new ArrayList<>();
        together(() -> List.of(txns).forEach(txn -> answers.add(commit.txn(txn))));
        return answers;
    }

    /** What was sent, without that which kept the places busy. */
    List<Txn> sent() {
        return faulty.txns().stream().filter(txn -> !isBusy(txn)).toList();
    }

    /** What was sent in batches. */
    List<Txn> batches() {
        return sent().stream().filter(GroupRig::isBatch).toList();
    }

    static boolean isBatch(Txn txn) {
        return txn.success().stream().anyMatch(Txn.Nested.class::isInstance);
    }

    static List<Txn> members(Txn sent) {
        return isBatch(sent)
                ? sent.success().stream()
                        .map(operation -> ((Txn.Nested) operation).txn())
                        .toList()
                : List.of(sent);
    }

    private static boolean isBusy(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Put put && put.key().startsWith(BUSY));
    }

    static Txn put(String key) {
        return put(key, 0);
    }

    static Txn put(String key, long lease) {
        return Txn.always(Op.put(key, Bytes.utf8("1"), lease));
    }

    /** Joins a queue as locks do: without a guard against those who join in the same revision. */
    static Txn enqueue(String queue, String key) {
        return Txn.when(Txn.Compare.absent(queue + key))
                .then(Op.put(queue + key, Bytes.EMPTY, 0), Op.get(RangeQuery.of(KeyRange.prefix(queue))));
    }
}

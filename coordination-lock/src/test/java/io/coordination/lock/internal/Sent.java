package io.coordination.lock.internal;

import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Delete;
import io.coordination.store.Txn.Put;
import io.coordination.store.Txn.Target;

/** Tells the transactions of the protocol apart by what they do. */
final class Sent {

    private Sent() {}

    /** Joins a queue, whatever is in it. */
    static boolean enqueue(Txn txn) {
        return joins(txn) && txn.compares().get(0).keys().isSingle();
    }

    /** Takes a lock if its queue is empty. */
    static boolean attempt(Txn txn) {
        return joins(txn) && !txn.compares().get(0).keys().isSingle();
    }

    private static boolean joins(Txn txn) {
        return putsQueueKey(txn) && txn.compares().stream().anyMatch(Sent::isFence);
    }

    /** Deletes a key, and nothing else. */
    static boolean release(Txn txn) {
        return txn.success().size() == 1 && txn.success().get(0) instanceof Delete;
    }

    /** Deletes a key and queues another. */
    static boolean requeue(Txn txn) {
        return putsQueueKey(txn) && txn.success().get(0) instanceof Delete;
    }

    /** Moves a key to another lease. */
    static boolean rebind(Txn txn) {
        return putsQueueKey(txn) && txn.success().size() == 1 && !keepsLease(txn);
    }

    /** Gives a key another value. */
    static boolean rewrite(Txn txn) {
        return putsQueueKey(txn) && keepsLease(txn);
    }

    /** Moves the fence. */
    static boolean close(Txn txn) {
        return !putsQueueKey(txn) && keepsLease(txn);
    }

    private static boolean keepsLease(Txn txn) {
        return txn.success().stream().anyMatch(op -> op instanceof Put put && put.ignoreLease());
    }

    private static boolean putsQueueKey(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Put put && put.key().contains("/locks/"));
    }

    private static boolean isFence(Compare compare) {
        return compare.target() == Target.MOD_REVISION;
    }
}

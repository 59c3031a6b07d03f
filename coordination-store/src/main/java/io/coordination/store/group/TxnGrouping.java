package io.coordination.store.group;

import io.coordination.store.KeyRange;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.concurrent.CompletableFuture;

/** Decides which transactions travel together. Thread-safe; nothing blocks. */
public sealed interface TxnGrouping extends AutoCloseable permits GroupCommit, DeferredCommit {

    /**
     * Carries a transaction out, maybe together with others.
     *
     * @param txn the transaction
     * @param domain keys beyond those that it names which no other transaction of the same revision may touch; the prefix of
     *     the queue that it joins, for instance, where a revision must order whoever joins
     * @return its own answer
     */
    CompletableFuture<TxnResult> txn(Txn txn, KeyRange... domain);

    /** Holds nothing back any more. Idempotent. */
    @Override
    void close();
}

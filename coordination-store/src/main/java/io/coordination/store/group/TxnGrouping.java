package io.coordination.store.group;

import io.coordination.store.KeyRange;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Decides which transactions travel together. Thread-safe; nothing blocks. */
public sealed interface TxnGrouping extends AutoCloseable permits GroupCommit, DeferredCommit {

    /**
     * Carries a transaction out, maybe together with others.
     *
     * @param txn the transaction
     * @param domain keys beyond those that it names which no other transaction of the same revision may touch; the prefix of
     *     the queue that it joins, for instance, where a revision must order whoever joins. Asked only if there is company
     * @return its own answer
     */
    CompletableFuture<TxnResult> txn(Txn txn, Supplier<List<KeyRange>> domain);

    /** Carries a transaction out whose domain is known already. */
    default CompletableFuture<TxnResult> txn(Txn txn, KeyRange... domain) {
        return txn(txn, () -> List.of(domain));
    }

    /** From now on no transaction is held for company, and those that are go now. Idempotent. */
    void hurry();

    /** Ends it: what has not been sent is sent or fails. Idempotent. */
    @Override
    void close();
}

package io.coordination.store.group;

import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Sends small transactions that come at the same time as one, because a server that writes sixty-four in one revision needs
 * little longer than for one alone. Thread-safe; nothing blocks.
 *
 * <p>Nobody waits for company: a transaction is sent at once while fewer than two batches are under way, and by itself it
 * is sent as it is. Those that come meanwhile go with the next batch, up to 64 and 512 KiB at once.
 *
 * <p><b>Answers</b> are those that each transaction would have got alone. The compares of a batch all see the state before
 * it, so only transactions travel together of which none changes what another one compares, reads or changes, in whichever
 * branch, as ranges of keys; nor do two that name overlapping domains. Transactions that depend on each other keep the order in which they came, within each
 * urgency. Keys are put on one lease in a batch, so that one that is gone concerns only those who use it.
 *
 * <p><b>Alone</b>, and at once, goes what has more than five compares or operations in a list, what is larger than a batch,
 * puts keys on several leases or keeps the lease of a key, reads the past, or has transactions inside.
 *
 * <p><b>Failures.</b> When the server refuses a batch, because a lease is gone or something in it is invalid, nothing was
 * applied, and each of its transactions is sent by itself, once. When a batch has no answer, each transaction is as uncertain
 * as if it had been alone: one that is {@link Delivery#REPEATABLE} or {@link Delivery#URGENT} is sent once more by itself,
 * whose guard then tells what happened; one that is to be sent {@link Delivery#ONCE} fails with {@code outcomeUnknown}.
 *
 * <p><b>Delivery.</b> Urgent transactions have batches of their own, which are urgent as a whole and wait for no others.
 * {@link Delivery#DEFERRABLE} ones count as urgent. Among the rest, a batch may be repeated by the engine only if all its
 * transactions may. Renewals are no transactions and never wait here.
 *
 * <p>A caller that cancels its future takes the transaction back if it was not sent, and otherwise gives up its answer.
 */
public final class GroupCommit implements TxnGrouping {

    private final Store store;
    private final Lane ordinary;
    private final Lane urgent;
    private volatile boolean closed;

    /**
     * A group commit over a store, which it does not close.
     *
     * @param store carries the transactions out
     */
    public GroupCommit(Store store) {
        this.store = store;
        this.ordinary = new Lane(store);
        this.urgent = new Lane(store);
    }

    /** Answers as {@link TxnGrouping} says, or {@code CLOSED} when this was closed before the transaction was sent. */
    @Override
    public CompletableFuture<TxnResult> txn(Txn txn, Supplier<List<KeyRange>> domain) {
        Member member = new Member(txn, domain.get());
        if (member.mayShare()) {
            (member.isUrgent() ? urgent : ordinary).submit(member);
        } else if (closed) {
            member.failed(Lane.closedFailure());
        } else {
            member.sendAlone(store);
        }
        return member.answer();
    }

    /** Nothing is ever held for company here. */
    @Override
    public void hurry() {}

    /** What was not sent fails with {@code CLOSED}; what was sent is answered by the store. Idempotent. */
    @Override
    public void close() {
        closed = true;
        ordinary.close();
        urgent.close();
    }
}

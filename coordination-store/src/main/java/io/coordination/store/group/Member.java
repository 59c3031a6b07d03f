package io.coordination.store.group;

import io.coordination.CoordinationException;
import io.coordination.store.Blocking;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One transaction on its way, and who waits for its answer. Thread-safe. */
final class Member {

    static final int OPERATIONS = 5;

    private final Txn txn;
    private final Footprint footprint;
    private final Set<Long> leases;
    private final long bytes;
    private final CompletableFuture<TxnResult> answer = new CompletableFuture<>();

    Member(Txn txn, List<KeyRange> domain) {
        this.txn = txn;
        this.footprint = Footprint.of(txn, domain);
        this.leases = new HashSet<>();
        addLeases(txn.success());
        addLeases(txn.failure());
        this.bytes = txn.bytes();
    }

    private void addLeases(List<Txn.Op> operations) {
        for (Txn.Op operation : operations) {
            if (operation instanceof Txn.Put put && put.lease() != 0) {
                leases.add(put.lease());
            }
        }
    }

    Txn txn() {
        return txn;
    }

    Footprint footprint() {
        return footprint;
    }

    /** The leases that it puts keys on: none or one where it {@link #mayShare()}. */
    Set<Long> leases() {
        return leases;
    }

    long bytes() {
        return bytes;
    }

    boolean isRepeatable() {
        return txn.delivery().isRepeatable();
    }

    boolean isUrgent() {
        return txn.delivery().isUrgent();
    }

    /** Whether it may travel with others: small, and nothing in it can be refused but for its one lease. */
    boolean mayShare() {
        return txn.compares().size() <= OPERATIONS
                && bytes <= Batch.BYTES
                && leases.size() <= 1
                && arePlain(txn.success())
                && arePlain(txn.failure());
    }

    private static boolean arePlain(List<Txn.Op> operations) {
        if (operations.size() > OPERATIONS) {
            return false;
        }
        for (Txn.Op operation : operations) {
            if (!isPlain(operation)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(Txn.Op operation) {
        return operation instanceof Txn.Get get
                ? get.query().revision() == 0
                : !(operation instanceof Txn.Nested) && !(operation instanceof Txn.Put put && put.ignoreLease());
    }

    /** The caller's future. */
    CompletableFuture<TxnResult> answer() {
        return answer;
    }

    /** Whether nobody waits for the answer any more. */
    boolean isGivenUp() {
        return answer.isDone();
    }

    void answered(TxnResult result) {
        answer.complete(result);
    }

    void failed(CoordinationException failure) {
        answer.completeExceptionally(failure);
    }

    /** Sends it by itself; the answer is the server's, whatever it is. */
    void sendAlone(Store store) {
        if (isGivenUp()) {
            return;
        }
        CompletableFuture<TxnResult> sent = store.txn(txn);
        answer.whenComplete((result, failure) -> {
            if (answer.isCancelled()) {
                sent.cancel(false);
            }
        });
        sent.whenComplete((result, failure) -> {
            if (failure == null) {
                answered(result);
            } else {
                failed(Blocking.failure(failure, "a transaction"));
            }
        });
    }
}

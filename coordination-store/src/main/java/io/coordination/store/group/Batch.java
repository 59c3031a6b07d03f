package io.coordination.store.group;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Delivery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that travel as one. No member changes what another one looks at or changes, so each gets the answer that it
 * would have got alone. Built by one thread, then only read.
 */
final class Batch {

    /** With {@link Member#OPERATIONS} far below the 128 operations of all levels that the server takes. */
    static final int MEMBERS = 64;

    static final long BYTES = 512 * 1024;

    private final List<Member> members = new ArrayList<>();
    private final Footprint footprint = new Footprint();
    private @Nullable Long lease;
    private long bytes;

    boolean isEmpty() {
        return members.isEmpty();
    }

    boolean isFull() {
        return members.size() == MEMBERS;
    }

    /** Whether a transaction may travel with those that are here already. An empty batch takes every one that may share. */
    boolean accepts(Member member) {
        // Keys of one lease only: "lease not found" then says which, and the others are sent again without it.
        return (lease == null || member.leases().isEmpty() || member.leases().contains(lease))
                && !isFull()
                && bytes + member.bytes() <= BYTES
                && !footprint.conflictsWith(member.footprint());
    }

    void add(Member member) {
        members.add(member);
        footprint.add(member.footprint());
        bytes += member.bytes();
        for (Long other : member.leases()) {
            lease = other;
        }
    }

    /** Sends it; the future completes when there is an answer of whatever kind, which then is the members' business. */
    CompletableFuture<Runnable> send(Store store) {
        requireIndependent();
        if (members.size() == 1) {
            Member only = members.get(0);
            only.sendAlone(store);
            return only.answer().handle((result, failure) -> () -> {});
        }
        return store.txn(txn()).handle((result, failure) -> () -> settle(store, result, failure));
    }

    /** What all the rest stands on, checked once more without the shortcuts of {@link #accepts}. */
    private void requireIndependent() {
        assert members.stream()
                        .allMatch(one -> members.stream()
                                .allMatch(other ->
                                        one == other || !one.footprint().conflictsWith(other.footprint())))
                : "transactions of one batch depend on each other";
    }

    private Txn txn() {
        Txn.Op[] nested =
                members.stream().map(member -> Txn.Op.nested(member.txn())).toArray(Txn.Op[]::new);
        return Txn.always(nested).delivered(delivery());
    }

    private Delivery delivery() {
        if (members.stream().allMatch(Member::isUrgent)) {
            return Delivery.URGENT;
        }
        return members.stream().allMatch(Member::isRepeatable) ? Delivery.REPEATABLE : Delivery.ONCE;
    }

    private void settle(Store store, @Nullable TxnResult result, @Nullable Throwable failure) {
        if (result != null) {
            for (int i = 0; i < members.size(); i++) {
                members.get(i).answered(result.nested(i));
            }
        } else if (failure != null) {
            CoordinationException cause = Blocking.failure(failure, "a batch of transactions");
            members.forEach(member -> settle(store, member, cause));
        }
    }

    private void settle(Store store, Member member, CoordinationException cause) {
        boolean refused = !cause.outcomeUnknown()
                && (cause.code() == ErrorCode.NOT_FOUND || cause.code() == ErrorCode.VALIDATION_ERROR);
        boolean heldBack = member.isUrgent() && !delivery().isUrgent();
        if (refused || heldBack || (cause.outcomeUnknown() && member.isRepeatable())) {
            member.sendAlone(store);
        } else {
            member.failed(ofMember(cause));
        }
    }

    /** Each caller gets an exception of its own. */
    private CoordinationException ofMember(CoordinationException cause) {
        String message = "a transaction was sent in one batch with " + (members.size() - 1) + " others, and "
                + cause.getMessage();
        return cause.outcomeUnknown()
                ? CoordinationException.withUnknownOutcome(cause.code(), message, cause)
                : CoordinationException.of(cause.code(), message, cause);
    }
}

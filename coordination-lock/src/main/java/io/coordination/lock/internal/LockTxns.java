package io.coordination.lock.internal;

import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The transactions of the lock protocol. Positions of the reads in their branches are constants here, so that who
 * interprets an answer and who composed the question stay together.
 */
final class LockTxns {

    /** In the success branch of {@link #enqueue} and {@link #requeue}: the queue, read after the put. */
    static final int ENQUEUED_QUEUE = 1;

    static final int REQUEUED_QUEUE = 2;

    /** In the failure branch of {@link #enqueue} and {@link #attempt}. */
    static final int OWN_KEY = 0;

    static final int FENCE = 1;
    static final int QUEUE = 2;

    /** In the failure branch of {@link #requeue}. */
    static final int NEW_KEY = 0;

    private LockTxns() {}

    /** What a queue key is put with. */
    record Ticket(String key, Bytes value, long lease, String fenceKey) {}

    /** Joins the queue unless the key exists already or the fence was moved. */
    static Txn enqueue(QueueKeys queue, Ticket ticket, long fence) {
        return Txn.when(Compare.absent(ticket.key()), Compare.modifiedAt(ticket.fenceKey(), fence))
                .then(Op.put(ticket.key(), ticket.value(), ticket.lease()), Op.get(RangeQuery.of(queue.range())))
                .orElse(Op.get(ticket.key()), Op.get(ticket.fenceKey()), Op.get(RangeQuery.of(queue.range())));
    }

    /** Takes the lock if the queue is empty and writes nothing otherwise. */
    static Txn attempt(QueueKeys queue, Ticket ticket, long fence) {
        return Txn.when(Compare.noneIn(queue.range()), Compare.modifiedAt(ticket.fenceKey(), fence))
                .then(Op.put(ticket.key(), ticket.value(), ticket.lease()), Op.get(RangeQuery.of(queue.range())))
                .orElse(Op.get(ticket.key()), Op.get(ticket.fenceKey()), Op.get(RangeQuery.of(queue.range())));
    }

    /** Takes the lock if nothing was added to the queue, and nothing in it changed, since a revision. */
    static Txn attemptSince(QueueKeys queue, Ticket ticket, long fence, long revision) {
        Compare unchanged =
                new Compare(queue.range(), Txn.Target.MOD_REVISION, Txn.Relation.LESS, revision + 1, Bytes.EMPTY);
        Txn empty = attempt(queue, ticket, fence);
        return new Txn(List.of(unchanged, empty.compares().get(1)), empty.success(), empty.failure(), empty.delivery());
    }

    /** Leaves the queue, if the key is still the one that was made at a revision. */
    static Txn release(String key, long revision) {
        return Txn.when(Compare.createdAt(key, revision))
                .then(Op.delete(key))
                .orElse(Op.get(key))
                .delivered(Delivery.URGENT);
    }

    /** Deletes those of several keys that are still the ones made at a revision, in one revision. */
    static Txn release(List<String> keys, long revision) {
        if (keys.size() == 1) {
            return release(keys.get(0), revision);
        }
        return Txn.always(keys.stream()
                        .map(key -> Op.nested(
                                Txn.when(Compare.createdAt(key, revision)).then(Op.delete(key))))
                        .toArray(Op[]::new))
                .delivered(Delivery.URGENT);
    }

    /** Whether a {@link #release} deleted every key. */
    static boolean releasedAll(TxnResult result) {
        return result.succeeded()
                && result.results().stream()
                        .allMatch(one -> !(one instanceof TxnResult.Nested nested)
                                || nested.result().succeeded());
    }

    /**
     * Leaves the queue and joins it again at its end, in one revision. It can be applied only once, because the old key's
     * create revision never comes back: so it may be repeated and needs no fence.
     */
    static Txn requeue(QueueKeys queue, String oldKey, long oldRevision, Ticket ticket) {
        return Txn.when(Compare.createdAt(oldKey, oldRevision), Compare.absent(ticket.key()))
                .then(
                        Op.delete(oldKey),
                        Op.put(ticket.key(), ticket.value(), ticket.lease()),
                        Op.get(RangeQuery.of(queue.range())))
                .orElse(Op.get(ticket.key()), Op.get(RangeQuery.of(queue.range())))
                .delivered(Delivery.URGENT);
    }

    /** Hangs the key on another lease; its place in the queue and its token stay. */
    static Txn rebind(String key, long modRevision, Bytes value, long lease) {
        return Txn.when(Compare.modifiedAt(key, modRevision))
                .then(Op.put(key, value, lease))
                .orElse(Op.get(key))
                .delivered(Delivery.REPEATABLE);
    }

    /** Gives the key another value; its lease, its place in the queue and its token stay. */
    static Txn rewrite(String key, long modRevision, Bytes value) {
        return Txn.when(Compare.modifiedAt(key, modRevision))
                .then(Op.putKeepingLease(key, value))
                .orElse(Op.get(key))
                .delivered(Delivery.REPEATABLE);
    }

    /** Writes to the process of a place, if the place is still the one that was found, on the lease it was found on. */
    static Txn ask(KeyValue place, String mailKey, Bytes letter) {
        return ofPlace(place).then(Op.put(mailKey, letter, place.lease())).orElse(Op.get(place.key()));
    }

    /** Takes a place away, if it is still the one that was found, and writes that to its process. */
    static Txn force(KeyValue place, String mailKey, Bytes letter) {
        return ofPlace(place)
                .then(Op.delete(place.key()), Op.put(mailKey, letter, place.lease()))
                .orElse(Op.get(place.key()));
    }

    private static Txn ofPlace(KeyValue place) {
        return Txn.when(
                Compare.createdAt(place.key(), place.createRevision()), Compare.leasedTo(place.key(), place.lease()));
    }

    /**
     * Moves the fence, so that no enqueue sent before can be applied any more, and deletes keys that may or may not
     * exist.
     */
    static Txn close(String fenceKey, Bytes identity, long fence, Collection<String> keys) {
        List<Op> operations = new ArrayList<>();
        operations.add(Op.putKeepingLease(fenceKey, identity));
        keys.forEach(key -> operations.add(Op.delete(key)));
        return Txn.when(Compare.modifiedAt(fenceKey, fence))
                .then(operations.toArray(Op[]::new))
                .orElse(Op.get(fenceKey))
                .delivered(Delivery.URGENT);
    }
}

package io.coordination.lock.internal;

import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.JsonCodec;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The keys of one barrier and the transactions over them: a leased key for each party, named like the keys of a queue, and
 * one without a lease that is there while a round runs.
 *
 * <p>A compare over a range does not notice that a key was deleted. So the party that begins the round names all others,
 * and who leaves without ending the round names one that stays.
 */
record BarrierKeys(String prefix) {

    /** In the failure branch of {@link #arrive}. */
    static final int FENCE = 0;

    /** In the failure branch of {@link #withdraw}. */
    static final int OWN_KEY = 0;

    static final int BEGUN = 1;

    /** The value of a party's key: part of the stored format. */
    record Party(int n, String t) {
        Bytes toBytes() {
            return JsonCodec.write(this);
        }
    }

    QueueKeys parties() {
        return new QueueKeys(prefix);
    }

    KeyRange all() {
        return KeyRange.prefix(prefix);
    }

    String partyKey(Fence fence) {
        return prefix + Keys.leaseSegment(fence.session().leaseId()) + "-" + fence.nextAttempt();
    }

    /** The key that is there while a round runs. */
    String begun() {
        return prefix + "!begun";
    }

    /** Takes a place, if the barrier is as it was seen; the last one begins the round. */
    Txn arrive(String key, Party party, Fence fence, BarrierView seen, boolean last) {
        List<Compare> compares = new ArrayList<>();
        compares.add(Compare.absent(key));
        compares.add(Compare.modifiedAt(fence.key(), fence.revision()));
        compares.add(nothingNewSince(seen.revision()));
        if (last) {
            seen.parties().forEach(other -> compares.add(Compare.createdAt(other.key(), other.createRevision())));
        }
        List<Op> operations = new ArrayList<>();
        operations.add(Op.put(key, party.toBytes(), fence.session().leaseId()));
        if (last) {
            operations.add(Op.put(begun(), JsonCodec.write(Map.of("n", party.n(), "t", party.t())), 0));
        } else if (seen.begun()) {
            operations.add(Op.delete(begun()));
        }
        return new Txn(compares, operations, List.of(Op.get(fence.key())), Delivery.ONCE);
    }

    private Compare nothingNewSince(long revision) {
        return new Compare(all(), Txn.Target.MOD_REVISION, Txn.Relation.LESS, revision + 1, Bytes.EMPTY);
    }

    /** Gives a place back unless the round has begun. */
    Txn withdraw(String key, long createRevision) {
        return Txn.when(Compare.createdAt(key, createRevision), Compare.absent(begun()))
                .then(Op.delete(key))
                .orElse(Op.get(key), Op.get(begun()))
                .delivered(Delivery.REPEATABLE);
    }

    /** Leaves: beside a party that stays, or as the last one, which ends the round. */
    Txn leave(KeyValue own, BarrierView seen) {
        List<KeyValue> others = seen.without(own.key());
        Txn guarded = others.isEmpty()
                ? Txn.when(Compare.createdAt(own.key(), own.createRevision()), nothingNewSince(seen.revision()))
                        .then(Op.delete(own.key()), Op.delete(begun()))
                : Txn.when(
                                Compare.createdAt(own.key(), own.createRevision()),
                                Compare.createdAt(
                                        others.get(0).key(), others.get(0).createRevision()))
                        .then(Op.delete(own.key()));
        return guarded.delivered(Delivery.URGENT);
    }

    /** Removes what a round left over whose last party died. */
    Txn tidy() {
        return Txn.when(Compare.noneIn(parties().range()))
                .then(Op.delete(begun()))
                .delivered(Delivery.REPEATABLE);
    }
}

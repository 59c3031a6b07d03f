package io.coordination.store.group;

import io.coordination.store.KeyRange;
import io.coordination.store.Txn;
import java.util.List;

/**
 * The keys that transactions look at and those that they change, whichever branch is taken. Not thread-safe.
 *
 * <p>Transactions whose footprints do not conflict cannot tell in which order they were applied, nor that it was in one
 * revision: no compare and no read of one depends on what another one writes.
 */
final class Footprint {

    private final KeyRangeSet reads = new KeyRangeSet();
    private final KeyRangeSet writes = new KeyRangeSet();

    /**
     * The footprint of a transaction.
     *
     * @param domain further keys that nobody else may touch in the same revision; they count as changed
     */
    static Footprint of(Txn txn, List<KeyRange> domain) {
        Footprint footprint = new Footprint();
        footprint.add(txn);
        domain.forEach(footprint.writes::add);
        return footprint;
    }

    private void add(Txn txn) {
        txn.compares().forEach(compare -> reads.add(compare.keys()));
        txn.success().forEach(this::add);
        txn.failure().forEach(this::add);
    }

    private void add(Txn.Op operation) {
        if (operation instanceof Txn.Put put) {
            writes.add(KeyRange.key(put.key()));
        } else if (operation instanceof Txn.Delete delete) {
            writes.add(delete.keys());
        } else if (operation instanceof Txn.Get get) {
            reads.add(get.query().keys());
        } else if (operation instanceof Txn.Nested nested) {
            add(nested.txn());
        }
    }

    void add(Footprint other) {
        reads.addAll(other.reads);
        writes.addAll(other.writes);
    }

    /** Whether one changes what the other looks at or changes. */
    boolean conflictsWith(Footprint other) {
        return writes.intersects(other.writes) || writes.intersects(other.reads) || reads.intersects(other.writes);
    }
}

package io.coordination.memory;

import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import java.util.Arrays;
import org.pcollections.TreePMap;

/** Whether the compares of a transaction hold in a state. */
final class CompareCheck {

    private final TreePMap<String, KeyValue> state;

    CompareCheck(TreePMap<String, KeyValue> state) {
        this.state = state;
    }

    /** A range without a key is compared like one absent key, all of whose numbers are 0: that is what etcd does. */
    boolean holds(Txn.Compare compare) {
        TreePMap<String, KeyValue> found = RangeRead.select(state, compare.keys());
        if (found.isEmpty()) {
            return compare.target() != Txn.Target.VALUE
                    && related(compare.relation(), Long.compare(0, compare.number()));
        }
        return found.values().stream().allMatch(entry -> related(compare.relation(), difference(entry, compare)));
    }

    private static int difference(KeyValue entry, Txn.Compare compare) {
        return switch (compare.target()) {
            case CREATE_REVISION -> Long.compare(entry.createRevision(), compare.number());
            case MOD_REVISION -> Long.compare(entry.modRevision(), compare.number());
            case VERSION -> Long.compare(entry.version(), compare.number());
            case LEASE -> Long.compare(entry.lease(), compare.number());
            case VALUE -> unsigned(entry, compare);
        };
    }

    private static int unsigned(KeyValue entry, Txn.Compare compare) {
        return Arrays.compareUnsigned(entry.value().toArray(), compare.value().toArray());
    }

    private static boolean related(Txn.Relation relation, int difference) {
        return switch (relation) {
            case EQUAL -> difference == 0;
            case NOT_EQUAL -> difference != 0;
            case LESS -> difference < 0;
            case GREATER -> difference > 0;
        };
    }
}

package io.coordination.memory;

import io.coordination.CoordinationException;
import io.coordination.store.KeyRange;
import io.coordination.store.Txn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one branch may change, nested transactions included, checked as etcd checks it: whether branches exclude each other
 * counts only within one nested transaction. Not thread-safe.
 */
final class BranchChanges {

    private final Set<String> puts = new HashSet<>();
    private final List<KeyRange> deletes = new ArrayList<>();

    private BranchChanges() {}

    /** Collects the changes of a branch; a key that is changed twice is refused. */
    static BranchChanges of(List<Txn.Op> branch) {
        BranchChanges changes = new BranchChanges();
        for (Txn.Op operation : branch) {
            if (operation instanceof Txn.Delete delete) {
                changes.deletes.add(delete.keys());
            }
        }
        for (Txn.Op operation : branch) {
            if (operation instanceof Txn.Nested nested) {
                changes.add(nested.txn());
            }
        }
        for (Txn.Op operation : branch) {
            if (operation instanceof Txn.Put put) {
                changes.put(put.key());
            }
        }
        return changes;
    }

    private void add(Txn nested) {
        BranchChanges success = of(nested.success());
        BranchChanges failure = of(nested.failure());
        success.puts.forEach(this::put);
        failure.puts.stream().filter(key -> !success.puts.contains(key)).forEach(this::put);
        deletes.addAll(success.deletes);
        deletes.addAll(failure.deletes);
    }

    private void put(String key) {
        if (deletes.stream().anyMatch(keys -> keys.contains(key)) || !puts.add(key)) {
            throw duplicate(key);
        }
    }

    private static CoordinationException duplicate(String key) {
        return TxnCheck.refused("duplicate key: one branch of a transaction changes '" + key + "' twice");
    }
}

package io.coordination.memory;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.Txn;
import java.util.List;
import java.util.stream.Stream;

/** Refuses the transactions that etcd refuses before it looks at any key. */
final class TxnCheck {

    static final int MAX_OPERATIONS = 128;
    static final int MAX_BYTES = 3 * 512 * 1024;

    private TxnCheck() {}

    static void check(Txn txn) {
        checkShape(txn, MAX_OPERATIONS);
        checkChanges(txn);
        checkSize(txn);
    }

    /** Each level takes the length of its longest list from what is allowed below it. */
    private static void checkShape(Txn txn, int allowed) {
        checkCount("compares", txn.compares(), allowed);
        checkCount("success operations", txn.success(), allowed);
        checkCount("failure operations", txn.failure(), allowed);
        txn.compares().forEach(compare -> checkKeys(compare.keys()));
        int longest = Math.max(
                txn.compares().size(),
                Math.max(txn.success().size(), txn.failure().size()));
        Stream.concat(txn.success().stream(), txn.failure().stream())
                .forEach(operation -> checkShape(operation, allowed - longest));
    }

    private static void checkShape(Txn.Op operation, int allowed) {
        if (operation instanceof Txn.Put put) {
            checkPut(put);
        } else if (operation instanceof Txn.Delete delete) {
            checkKeys(delete.keys());
        } else if (operation instanceof Txn.Get get) {
            checkKeys(get.query().keys());
        } else if (operation instanceof Txn.Nested nested) {
            checkShape(nested.txn(), allowed);
        }
    }

    private static void checkChanges(Txn txn) {
        BranchChanges.of(txn.success());
        BranchChanges.of(txn.failure());
    }

    static void checkKeys(KeyRange keys) {
        checkKey(keys.from());
    }

    private static void checkKey(String key) {
        if (key.isEmpty()) {
            throw refused("a key is empty; every key has at least one character");
        }
    }

    private static void checkPut(Txn.Put put) {
        checkKey(put.key());
        if (put.ignoreLease() && put.lease() != 0) {
            throw refused("the put of '" + put.key() + "' names a lease and also keeps the present one; choose one");
        }
    }

    private static void checkCount(String what, List<?> list, int allowed) {
        if (list.size() > allowed) {
            throw refused("a transaction has " + list.size() + " " + what + "; at most " + allowed
                    + " are allowed here, so split it");
        }
    }

    private static void checkSize(Txn txn) {
        long bytes = txn.bytes();
        if (bytes > MAX_BYTES) {
            throw refused("a transaction has " + bytes + " bytes of keys and values; at most " + MAX_BYTES
                    + " are allowed, so store less in one value");
        }
    }

    static CoordinationException refused(String message) {
        return CoordinationException.of(ErrorCode.VALIDATION_ERROR, message);
    }
}

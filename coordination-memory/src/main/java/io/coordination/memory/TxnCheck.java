package io.coordination.memory;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.Txn;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Refuses the transactions that etcd refuses before it looks at any key. */
final class TxnCheck {

    static final int MAX_OPERATIONS = 128;
    static final int MAX_BYTES = 3 * 512 * 1024;

    private TxnCheck() {}

    static void check(Txn txn) {
        checkCount("compares", txn.compares());
        txn.compares().forEach(compare -> checkKeys(compare.keys()));
        checkBranch("success", txn.success());
        checkBranch("failure", txn.failure());
        checkSize(txn);
    }

    static void checkKeys(KeyRange keys) {
        checkKey(keys.from());
    }

    private static void checkKey(String key) {
        if (key.isEmpty()) {
            throw refused("a key is empty; every key has at least one character");
        }
    }

    private static void checkBranch(String name, List<Txn.Op> operations) {
        checkCount(name + " operations", operations);
        Set<String> puts = new HashSet<>();
        for (Txn.Op operation : operations) {
            if (operation instanceof Txn.Put put) {
                checkPut(put, puts);
            } else if (operation instanceof Txn.Get get) {
                checkKeys(get.query().keys());
            }
        }
        for (Txn.Op operation : operations) {
            if (operation instanceof Txn.Delete delete) {
                checkDelete(delete.keys(), puts);
            }
        }
    }

    private static void checkPut(Txn.Put put, Set<String> puts) {
        checkKey(put.key());
        if (put.ignoreLease() && put.lease() != 0) {
            throw refused("the put of '" + put.key() + "' names a lease and also keeps the present one; choose one");
        }
        if (!puts.add(put.key())) {
            throw duplicate(put.key());
        }
    }

    private static void checkDelete(KeyRange keys, Set<String> puts) {
        checkKeys(keys);
        puts.stream().filter(keys::contains).findFirst().ifPresent(key -> {
            throw duplicate(key);
        });
    }

    private static void checkCount(String what, List<?> list) {
        if (list.size() > MAX_OPERATIONS) {
            throw refused("a transaction has " + list.size() + " " + what + "; at most " + MAX_OPERATIONS
                    + " are allowed, so split it");
        }
    }

    private static void checkSize(Txn txn) {
        long bytes = txn.compares().stream().mapToLong(TxnCheck::size).sum()
                + txn.success().stream().mapToLong(TxnCheck::size).sum()
                + txn.failure().stream().mapToLong(TxnCheck::size).sum();
        if (bytes > MAX_BYTES) {
            throw refused("a transaction has " + bytes + " bytes of keys and values; at most " + MAX_BYTES
                    + " are allowed, so store less in one value");
        }
    }

    private static long size(Txn.Compare compare) {
        return size(compare.keys()) + compare.value().size();
    }

    private static long size(Txn.Op operation) {
        if (operation instanceof Txn.Put put) {
            return put.key().length() + (long) put.value().size();
        }
        return operation instanceof Txn.Delete delete
                ? size(delete.keys())
                : size(((Txn.Get) operation).query().keys());
    }

    private static long size(KeyRange keys) {
        return keys.isSingle()
                ? keys.from().length()
                : keys.from().length() + (long) keys.to().length();
    }

    private static CoordinationException duplicate(String key) {
        return refused("duplicate key: one branch of a transaction changes '" + key + "' twice");
    }

    private static CoordinationException refused(String message) {
        return CoordinationException.of(ErrorCode.VALIDATION_ERROR, message);
    }
}

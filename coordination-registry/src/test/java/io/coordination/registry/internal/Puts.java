package io.coordination.registry.internal;

import io.coordination.store.Txn;

/** What kind of transaction of a registration this is. */
final class Puts {

    private Puts() {}

    /** Whether it puts a key. */
    static boolean isPut(Txn txn, String key) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Put put && put.key().equals(key));
    }

    /** Whether it deletes a key. */
    static boolean isDelete(Txn txn, String key) {
        return txn.success().stream()
                .anyMatch(op ->
                        op instanceof Txn.Delete delete && delete.keys().from().equals(key));
    }
}

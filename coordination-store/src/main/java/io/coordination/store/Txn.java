package io.coordination.store;

import java.util.ArrayList;
import java.util.List;

/**
 * A transaction: compares, the operations for when all of them hold, and the operations for when one does not.
 *
 * <pre>{@code
 * Txn.when(Compare.absent(key)).then(Op.put(key, value, lease)).orElse(Op.get(key)).delivered(Delivery.REPEATABLE)
 * }</pre>
 *
 * @param compares all must hold; none always holds
 * @param success applied when they hold
 * @param failure applied when one does not
 * @param delivery how often it may be sent
 */
public record Txn(List<Compare> compares, List<Op> success, List<Op> failure, Delivery delivery) {

    /** Keeps immutable copies of the lists. */
    public Txn {
        compares = List.copyOf(compares);
        success = List.copyOf(success);
        failure = List.copyOf(failure);
    }

    /** A transaction guarded by the given compares, to be completed with operations; {@link Delivery#ONCE}. */
    public static Txn when(Compare... compares) {
        return new Txn(List.of(compares), List.of(), List.of(), Delivery.ONCE);
    }

    /** A transaction without a guard; {@link Delivery#ONCE}. */
    public static Txn always(Op... operations) {
        return new Txn(List.of(), List.of(operations), List.of(), Delivery.ONCE);
    }

    /** The same with further operations for when the compares hold. */
    public Txn then(Op... operations) {
        return new Txn(compares, joined(success, operations), failure, delivery);
    }

    /** The same with further operations for when a compare does not hold. */
    public Txn orElse(Op... operations) {
        return new Txn(compares, success, joined(failure, operations), delivery);
    }

    /** The same with another delivery. */
    public Txn delivered(Delivery other) {
        return new Txn(compares, success, failure, other);
    }

    /** The bytes of its keys and values, roughly as a server counts them. */
    public long bytes() {
        return compares.stream().mapToLong(Txn::bytes).sum()
                + success.stream().mapToLong(Txn::bytes).sum()
                + failure.stream().mapToLong(Txn::bytes).sum();
    }

    private static long bytes(Compare compare) {
        return bytes(compare.keys()) + compare.value().size();
    }

    private static long bytes(Op operation) {
        if (operation instanceof Put put) {
            return put.key().length() + (long) put.value().size();
        }
        if (operation instanceof Nested nested) {
            return nested.txn().bytes();
        }
        return operation instanceof Delete delete
                ? bytes(delete.keys())
                : bytes(((Get) operation).query().keys());
    }

    private static long bytes(KeyRange keys) {
        return keys.isSingle()
                ? keys.from().length()
                : keys.from().length() + (long) keys.to().length();
    }

    private static List<Op> joined(List<Op> first, Op... more) {
        List<Op> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    /** What a compare looks at. */
    public enum Target {
        /** The revision that made the key; 0 when absent. */
        CREATE_REVISION,
        /** The revision that last put the key; 0 when absent. */
        MOD_REVISION,
        /** The number of puts since the key was made; 0 when absent. */
        VERSION,
        /** The lease of the key; 0 when it has none. */
        LEASE,
        /** The value; never holds for an absent key. */
        VALUE
    }

    /** How a compare relates what it finds to its operand. */
    public enum Relation {
        /** Equal. */
        EQUAL,
        /** Not equal. */
        NOT_EQUAL,
        /** Found is less than the operand. */
        LESS,
        /** Found is greater than the operand. */
        GREATER
    }

    /**
     * A condition on every key of a range.
     *
     * @param keys the keys it must hold for; where there is none, numbers are 0 and a value never matches
     * @param target what is compared
     * @param relation how
     * @param number the operand for all targets but the value
     * @param value the operand for the value
     */
    public record Compare(KeyRange keys, Target target, Relation relation, long number, Bytes value) {

        /** A numeric condition on one key. */
        public static Compare of(String key, Target target, Relation relation, long number) {
            return new Compare(KeyRange.key(key), target, relation, number, Bytes.EMPTY);
        }

        /** Holds when the key does not exist. */
        public static Compare absent(String key) {
            return of(key, Target.CREATE_REVISION, Relation.EQUAL, 0);
        }

        /** Holds when the key exists. */
        public static Compare present(String key) {
            return of(key, Target.CREATE_REVISION, Relation.GREATER, 0);
        }

        /** Holds when the key is the one made at a revision, and not a later one of the same name. */
        public static Compare createdAt(String key, long revision) {
            return of(key, Target.CREATE_REVISION, Relation.EQUAL, revision);
        }

        /** Holds when the key was last put at a revision; 0 means that it does not exist. */
        public static Compare modifiedAt(String key, long revision) {
            return of(key, Target.MOD_REVISION, Relation.EQUAL, revision);
        }

        /** Holds when the key hangs on a lease. */
        public static Compare leasedTo(String key, long lease) {
            return of(key, Target.LEASE, Relation.EQUAL, lease);
        }

        /** Holds when the key exists and has a value. */
        public static Compare valueIs(String key, Bytes value) {
            return new Compare(KeyRange.key(key), Target.VALUE, Relation.EQUAL, 0, value);
        }

        /** Holds when no key of a range exists. */
        public static Compare noneIn(KeyRange keys) {
            return new Compare(keys, Target.CREATE_REVISION, Relation.EQUAL, 0, Bytes.EMPTY);
        }
    }

    /** One operation of a branch. */
    public sealed interface Op {

        /** Puts a value on a lease; 0 for none. */
        static Op put(String key, Bytes value, long lease) {
            return new Put(key, value, lease, false);
        }

        /** Puts a value and keeps the lease the key has. The key must exist. */
        static Op putKeepingLease(String key, Bytes value) {
            return new Put(key, value, 0, true);
        }

        /** Deletes one key. */
        static Op delete(String key) {
            return new Delete(KeyRange.key(key));
        }

        /** Deletes all keys of a range. */
        static Op delete(KeyRange keys) {
            return new Delete(keys);
        }

        /** Reads one key. */
        static Op get(String key) {
            return new Get(RangeQuery.key(key));
        }

        /** Reads a range. */
        static Op get(RangeQuery query) {
            return new Get(query);
        }

        /** Runs a transaction as part of this one. */
        static Op nested(Txn txn) {
            return new Nested(txn);
        }
    }

    /**
     * Puts a key.
     *
     * @param key the key
     * @param value its new value
     * @param lease the lease to hang it on, or 0, which detaches it
     * @param ignoreLease whether to keep the present lease instead
     */
    public record Put(String key, Bytes value, long lease, boolean ignoreLease) implements Op {}

    /**
     * Deletes the keys of a range.
     *
     * @param keys the keys
     */
    public record Delete(KeyRange keys) implements Op {}

    /**
     * Reads a range.
     *
     * @param query what to read
     */
    public record Get(RangeQuery query) implements Op {}

    /**
     * Runs a transaction as part of the one that has it. Its compares see the state before the outermost transaction, not
     * what operations before it did; its reads see that. Its delivery is of no account: the outermost one's counts.
     *
     * @param txn the transaction
     */
    public record Nested(Txn txn) implements Op {}
}

package io.coordination.lock.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One number in the store. Every write is guarded by the revision it replaces, so it is applied at most once, however often
 * it is sent; what became of one whose answer was lost is read back. Blocks; thread-safe.
 */
final class NumberCell {

    /** Decides about the next number from what is stored. */
    interface Step {
        /** The number to store, or empty to leave it as it is; may throw. */
        OptionalLong next(Optional<KeyValue> stored);
    }

    /**
     * How a change ended.
     *
     * @param number what was written, or empty when nothing was
     * @param stored what is stored when nothing was written
     * @param revision the revision of the write, or 0
     */
    record Outcome(OptionalLong number, Optional<KeyValue> stored, long revision) {}

    private static final int ATTEMPTS = 100;

    private final Environment env;
    private final String key;
    private final String what;

    /**
     * A number.
     *
     * @param what whose number it is, as the subject of a sentence
     */
    NumberCell(Environment env, String key, String what) {
        this.env = env;
        this.key = key;
        this.what = what;
    }

    Optional<KeyValue> read() {
        return Blocking.await(env.store().range(RangeQuery.key(key)), "reading " + what)
                .first();
    }

    /** The number that an entry has; 0 when there is none. */
    long numberOf(Optional<KeyValue> stored) {
        return stored.map(entry -> StoredNumber.read(what, entry.value())).orElse(0L);
    }

    /** Replaces the number, again and again until nobody else has changed it in between. */
    Outcome change(Step step) {
        Optional<KeyValue> stored = read();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            OptionalLong next = step.next(stored);
            if (next.isEmpty()) {
                return new Outcome(next, stored, 0);
            }
            NumberWrite write = new NumberWrite(env, key, what, stored, StoredNumber.of(next.getAsLong()));
            OptionalLong revision = write.send();
            if (revision.isPresent()) {
                return new Outcome(next, stored, revision.getAsLong());
            }
            stored = attempt == 0 ? write.found() : afterPause(attempt);
        }
        throw overtaken();
    }

    private Optional<KeyValue> afterPause(int attempt) {
        BackOff.pause(env.time(), attempt, "changing " + what);
        return read();
    }

    private ConflictException overtaken() {
        return new ConflictException(
                what + " was changed by others " + ATTEMPTS + " times in a row: spread its callers, or retry later");
    }

    /** Deletes the key; true when this call did. */
    boolean delete() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<KeyValue> stored = read();
            if (stored.isEmpty()) {
                return false;
            }
            if (deleted(stored.get())) {
                return true;
            }
            BackOff.pause(env.time(), attempt, "deleting " + what);
        }
        throw overtaken();
    }

    /** Sent once: where its answer is lost, nothing tells who deleted a key. */
    private boolean deleted(KeyValue stored) {
        Txn txn = Txn.when(Compare.modifiedAt(key, stored.modRevision()))
                .then(Op.delete(key))
                .delivered(Delivery.ONCE);
        try {
            TxnResult result = Blocking.await(env.store().txn(txn), "deleting " + what);
            return result.succeeded();
        } catch (CoordinationException e) {
            if (!e.outcomeUnknown() || e.code() == ErrorCode.CANCELLED || read().isPresent()) {
                throw e;
            }
            // Gone, by this call or by another that meant the same.
            return true;
        }
    }
}

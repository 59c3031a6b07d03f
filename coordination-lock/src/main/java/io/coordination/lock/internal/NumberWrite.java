package io.coordination.lock.internal;

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
 * One guarded write of a number. While the guard still holds, sending it again is safe; once it does not hold any more, the
 * write was either the very next one after what it replaces, which the history tells, or was never applied and never will be.
 */
final class NumberWrite {

    /** How far back the history is followed to find out about a lost answer. */
    private static final int STEPS_BACK = 64;

    private final Environment env;
    private final String key;
    private final String what;
    private final Optional<KeyValue> replaced;
    private final StoredNumber number;
    private final Txn txn;
    private Optional<KeyValue> found = Optional.empty();

    NumberWrite(Environment env, String key, String what, Optional<KeyValue> replaced, StoredNumber number) {
        this.env = env;
        this.key = key;
        this.what = what;
        this.replaced = replaced;
        this.number = number;
        this.txn = Txn.when(Compare.modifiedAt(key, replacedRevision()))
                .then(Op.put(key, number.toBytes(), 0))
                .orElse(Op.get(key))
                .delivered(Delivery.ONCE);
    }

    private long replacedRevision() {
        return replaced.map(KeyValue::modRevision).orElse(0L);
    }

    /** What was there instead, when the write was not applied. */
    Optional<KeyValue> found() {
        return found;
    }

    /** The revision of the write, or empty when somebody else was quicker. */
    OptionalLong send() {
        long patientUntil =
                env.time().nanoTime() + env.options().requestTimeout().toNanos();
        while (true) {
            try {
                TxnResult result = Blocking.await(env.store().txn(txn), "changing " + what);
                return result.succeeded() ? OptionalLong.of(result.revision()) : refused(result);
            } catch (CoordinationException e) {
                if (!e.outcomeUnknown() || e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                Optional<OptionalLong> known = readBack(e);
                if (known.isPresent()) {
                    return known.get();
                }
                if (env.time().nanoTime() - patientUntil >= 0) {
                    throw e;
                }
            }
        }
    }

    /** A definite refusal; an earlier copy of this write may be why. */
    private OptionalLong refused(TxnResult result) {
        found = result.range(0).first();
        return found.filter(entry -> number.isIn(entry.value())).isPresent()
                ? OptionalLong.of(found.orElseThrow().modRevision())
                : OptionalLong.empty();
    }

    /** What became of the write; empty while it may still be applied. */
    private Optional<OptionalLong> readBack(CoordinationException lostAnswer) {
        found = readAt(0, lostAnswer);
        if (found.map(KeyValue::modRevision).orElse(0L) == replacedRevision()) {
            return Optional.empty();
        }
        Optional<KeyValue> entry = found;
        for (int step = 0; step < STEPS_BACK && entry.isPresent(); step++) {
            KeyValue present = entry.get();
            if (number.isIn(present.value())) {
                return Optional.of(OptionalLong.of(present.modRevision()));
            }
            if (isNextAfterReplaced(present)) {
                return Optional.of(OptionalLong.empty());
            }
            entry = readAt(present.modRevision() - 1, lostAnswer);
        }
        throw lostAnswer;
    }

    private boolean isNextAfterReplaced(KeyValue entry) {
        return replaced.filter(before ->
                        before.createRevision() == entry.createRevision() && before.version() + 1 == entry.version())
                .isPresent();
    }

    private Optional<KeyValue> readAt(long revision, CoordinationException lostAnswer) {
        try {
            RangeQuery query = RangeQuery.key(key).atRevision(revision);
            return Blocking.await(env.store().range(query), "reading " + what).first();
        } catch (CoordinationException e) {
            lostAnswer.addSuppressed(e);
            throw lostAnswer;
        }
    }
}

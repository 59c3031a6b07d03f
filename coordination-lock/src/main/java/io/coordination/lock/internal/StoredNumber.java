package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import java.util.UUID;

/**
 * The value of a counter or a latch: part of the stored format, so the names are short and never change.
 *
 * @param v the number
 * @param op the mark of the write, by which a writer whose answer was lost knows it
 */
record StoredNumber(long v, String op) {

    static StoredNumber of(long number) {
        return new StoredNumber(number, UUID.randomUUID().toString().replace("-", ""));
    }

    Bytes toBytes() {
        return JsonCodec.write(this);
    }

    /** Whether a value is the one that this write puts; a value that cannot be read is not. */
    boolean isIn(Bytes value) {
        return value.equals(toBytes());
    }

    /**
     * The number in a value.
     *
     * @param what whose value it is, as the subject of a sentence
     */
    static long read(String what, Bytes value) {
        try {
            return JsonCodec.read(value, StoredNumber.class).v();
        } catch (CoordinationException e) {
            throw new CoordinationException(
                    ErrorCode.SERIALIZATION_ERROR,
                    what + " has a value that is not one: somebody else wrote its key; set or delete it",
                    e);
        }
    }
}

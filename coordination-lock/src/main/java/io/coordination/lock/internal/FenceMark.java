package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the fence of a resource has: the token of the owner that wrote last, the number of its write, and the mark of that
 * write. Numbers have a fixed width, so that the order of the bytes is the order of the writes. Part of the stored format.
 */
record FenceMark(long token, long write, String id) {

    private static final Pattern FORMAT = Pattern.compile("([0-9]{19})-([0-9]{19})-([0-9a-f]{16})");

    /** The mark of a write that nobody else has. */
    static FenceMark of(long token, long write) {
        return new FenceMark(
                token, write, String.format("%016x", ThreadLocalRandom.current().nextLong()));
    }

    Bytes toBytes() {
        return Bytes.utf8(String.format("%019d-%019d-%s", token, write, id));
    }

    /**
     * The mark in a value.
     *
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when it is none
     */
    static FenceMark read(String resource, Bytes value) {
        Matcher matcher = FORMAT.matcher(value.utf8());
        if (!matcher.matches()) {
            throw new CoordinationException(
                    ErrorCode.SERIALIZATION_ERROR,
                    "the fence of resource '" + resource + "' has a value that is none: somebody else wrote its key");
        }
        return new FenceMark(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), matcher.group(3));
    }
}

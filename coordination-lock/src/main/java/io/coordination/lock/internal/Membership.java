package io.coordination.lock.internal;

import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import java.time.Instant;

/**
 * The value of a queue key, for operators: part of the stored format, so the names are short and never change.
 *
 * @param m the mode: {@code w} for exclusive
 * @param o the owner's label, empty when it has none
 * @param t since when it is in the queue, ISO 8601
 */
record Membership(String m, String o, String t) {

    static Bytes exclusive(Request request, Instant now) {
        return JsonCodec.write(new Membership("w", request.options().label().orElse(""), now.toString()));
    }
}

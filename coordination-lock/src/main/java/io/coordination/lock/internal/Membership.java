package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The value of a queue key: part of the stored format, so the names are short and never change.
 *
 * @param m the mode: {@code w} exclusive, {@code r} shared, {@code p} and a number for permits
 * @param o the owner's label, empty when it has none
 * @param t since when it is in the queue, ISO 8601
 * @param k 1 if the process may keep the lock while nobody holds it; otherwise left out
 */
record Membership(String m, String o, String t, @Nullable Integer k) {

    private static final Bytes PLAIN_EXCLUSIVE = Bytes.utf8("{\"m\":\"w\",");
    private static final Bytes PLAIN_SHARED = Bytes.utf8("{\"m\":\"r\",");

    /** What an entry of the queue says about itself. */
    record Terms(PlaceMode mode, boolean retaining) {

        private static final Terms EXCLUSIVE = new Terms(PlaceMode.EXCLUSIVE, false);
        private static final Terms SHARED = new Terms(PlaceMode.SHARED, false);
    }

    static Membership of(Request request, Instant now) {
        return new Membership(
                request.mode().text(),
                request.options().label().orElse(""),
                now.toString(),
                request.retainNanos() > 0 ? 1 : null);
    }

    /** The same in another mode. */
    Membership as(PlaceMode mode) {
        return new Membership(mode.text(), o, t, k);
    }

    Bytes toBytes() {
        Map<String, Object> fields = new TreeMap<>(Map.of("m", m, "o", o, "t", t));
        if (k != null) {
            fields.put("k", k);
        }
        return JsonCodec.write(fields);
    }

    /** What a value says; a mode that this version does not know counts as exclusive, so that nobody overtakes it. */
    static Terms termsOf(Bytes value) {
        // Nearly all values begin like this, and queues are read on the way to a lock.
        if (startsWith(value, PLAIN_EXCLUSIVE)) {
            return Terms.EXCLUSIVE;
        }
        if (startsWith(value, PLAIN_SHARED)) {
            return Terms.SHARED;
        }
        try {
            Membership read = JsonCodec.read(value, Membership.class);
            return new Terms(
                    PlaceMode.parse(String.valueOf(read.m())).orElse(PlaceMode.EXCLUSIVE),
                    read.k() != null && read.k() == 1);
        } catch (CoordinationException unreadable) {
            return Terms.EXCLUSIVE;
        }
    }

    private static boolean startsWith(Bytes value, Bytes prefix) {
        int length = prefix.size();
        return value.size() >= length
                && value.asReadOnlyBuffer().limit(length).slice().equals(prefix.asReadOnlyBuffer());
    }
}

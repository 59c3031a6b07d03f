package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The value of a queue key: part of the stored format, so the names are short and never change. What is null is left out. Whatever
 * else somebody writes into a queue must not keep others from reading it: what is missing counts as empty.
 *
 * @param m the mode: {@code w} exclusive, {@code r} shared, {@code p} and a number for permits
 * @param o the owner's label, empty when it has none
 * @param t since when it is in the queue, ISO 8601
 * @param k 1 if the process may keep the lock while nobody holds it
 * @param n the name of the owner's process, in the keys of claims
 * @param v the payload of a candidate
 */
record Membership(
        String m,
        String o,
        String t,
        @Nullable Integer k,
        @Nullable String n,
        @Nullable String v) {

    private static final Bytes PLAIN_EXCLUSIVE = Bytes.utf8("{\"m\":\"w\",");
    private static final Bytes PLAIN_SHARED = Bytes.utf8("{\"m\":\"r\",");

    Membership(
            @Nullable String m,
            @Nullable String o,
            @Nullable String t,
            @Nullable Integer k,
            @Nullable String n,
            @Nullable String v) {
        this.m = orEmpty(m);
        this.o = orEmpty(o);
        this.t = orEmpty(t);
        this.k = k;
        this.n = n;
        this.v = v;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** What an entry of the queue says about itself. */
    record Terms(PlaceMode mode, boolean retaining) {

        private static final Terms EXCLUSIVE = new Terms(PlaceMode.EXCLUSIVE, false);
        private static final Terms SHARED = new Terms(PlaceMode.SHARED, false);
    }

    /** Who a session belongs to, as its identity says. */
    private record Identity(String node) {}

    /** The value of a lock's key. */
    static Membership of(Request request, Instant now) {
        Integer keeps = request.retainNanos() > 0 ? 1 : null;
        return new Membership(
                request.mode().text(), request.options().label().orElse(""), now.toString(), keeps, null, null);
    }

    /** The value of a claim's keys. */
    static Membership of(PlaceMode mode, Optional<String> label, Instant now) {
        return new Membership(mode.text(), label.orElse(""), now.toString(), null, null, null);
    }

    /** The same in another mode. */
    Membership as(PlaceMode mode) {
        return new Membership(mode.text(), o, t, k, n, v);
    }

    /** The same as the process of a session puts it. */
    Membership by(Bytes identity) {
        String process = JsonCodec.read(identity, Identity.class).node();
        return new Membership(m, o, t, k, process, v);
    }

    /** The same with a payload. */
    Membership saying(String payload) {
        return new Membership(m, o, t, k, n, payload);
    }

    Bytes toBytes() {
        Map<String, Object> fields = new TreeMap<>(Map.of("m", m, "o", o, "t", t));
        putIfThere(fields, "k", k);
        putIfThere(fields, "n", n);
        putIfThere(fields, "v", v);
        return JsonCodec.write(fields);
    }

    private static void putIfThere(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    /** What a key says, if it can be read. */
    static Optional<Membership> read(Bytes value) {
        try {
            return Optional.of(JsonCodec.read(value, Membership.class));
        } catch (CoordinationException unreadable) {
            return Optional.empty();
        }
    }

    /** The name of the owner's process; empty when it is not known. */
    String process() {
        return n == null ? "" : n;
    }

    Optional<String> payload() {
        return Optional.ofNullable(v);
    }

    /** Since when it is in the queue; the epoch when that is unreadable. */
    Instant since() {
        return Letter.instant(t).orElse(Instant.EPOCH);
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
        return read(value).map(Membership::terms).orElse(Terms.EXCLUSIVE);
    }

    /** The mode; nothing for one that this version does not know. */
    Optional<PlaceMode> mode() {
        return PlaceMode.parse(m);
    }

    private Terms terms() {
        return new Terms(mode().orElse(PlaceMode.EXCLUSIVE), k != null && k == 1);
    }

    private static boolean startsWith(Bytes value, Bytes prefix) {
        int length = prefix.size();
        return value.size() >= length
                && value.asReadOnlyBuffer().limit(length).slice().equals(prefix.asReadOnlyBuffer());
    }
}

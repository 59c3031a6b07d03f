package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.JsonCodec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The value of a claim's queue key: what {@link Membership} says, and what candidates add. Part of the stored format, so the names
 * are short and never change.
 *
 * @param m the mode: {@code w} for exclusive, {@code p<n>} for n permits
 * @param o the owner's label, empty when it has none
 * @param t since when it is in the queue, ISO 8601
 * @param n the name of the owner's process
 * @param v the payload of a candidate
 */
record ClaimValue(String m, String o, String t, Optional<String> n, Optional<String> v) {

    static final String EXCLUSIVE = "w";

    /** Who a session belongs to, as its identity says. */
    private record Identity(String node) {}

    /** The value of a key that is put now. */
    static ClaimValue of(Environment env, String mode, Optional<String> label) {
        return new ClaimValue(mode, label.orElse(""), env.time().now().toString(), Optional.empty(), Optional.empty());
    }

    /** The same as the process of a session puts it. */
    ClaimValue by(Bytes identity) {
        return new ClaimValue(
                m, o, t, Optional.of(JsonCodec.read(identity, Identity.class).node()), v);
    }

    /** The same with another mode. */
    ClaimValue inMode(String mode) {
        return new ClaimValue(mode, o, t, n, v);
    }

    /** The same with a payload. */
    ClaimValue saying(String payload) {
        return new ClaimValue(m, o, t, n, Optional.of(payload));
    }

    Bytes toBytes() {
        Map<String, String> fields = new HashMap<>(Map.of("m", m, "o", o, "t", t));
        n.ifPresent(node -> fields.put("n", node));
        v.ifPresent(payload -> fields.put("v", payload));
        return JsonCodec.write(fields);
    }

    /** What a key says, if it is one of ours. */
    static Optional<ClaimValue> read(Bytes value) {
        try {
            return Optional.of(JsonCodec.read(value, ClaimValue.class));
        } catch (CoordinationException unreadable) {
            return Optional.empty();
        }
    }

    /** Since when it is in the queue; the epoch when that is unreadable. */
    Instant since() {
        try {
            return Instant.parse(t);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}

package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.admin.RevocationRequest;
import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import io.coordination.store.KeyValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message to the process of a place in a queue: part of the stored format, so the names are short and never change.
 *
 * @param kind {@link #FORCED} or {@link #REVOKE}; others are for later versions
 * @param k the queue key of the place
 * @param r the revision that made it
 * @param by the node that wrote the message
 * @param why the reason, in its user's words
 * @param t when, ISO 8601
 */
record Letter(String kind, String k, long r, String by, String why, String t) {

    /** The place was taken out of the queue by force. */
    static final String FORCED = "forced";

    /** The holder is asked to release. */
    static final String REVOKE = "revoke";

    private static final Logger log = LoggerFactory.getLogger(Letter.class);

    /** Refuses a message in which something is missing. */
    Letter {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(k, "k");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(why, "why");
        Objects.requireNonNull(t, "t");
    }

    /** The message that a key of a mailbox has; nothing when it cannot be read. */
    static Optional<Letter> read(KeyValue message) {
        try {
            return Optional.of(JsonCodec.read(message.value(), Letter.class));
        } catch (CoordinationException unreadable) {
            log.atWarn()
                    .setCause(unreadable)
                    .addKeyValue("key", message.key())
                    .log("A message to this process cannot be read and is dropped");
            return Optional.empty();
        }
    }

    Bytes written() {
        return JsonCodec.write(this);
    }

    /** Whether it is about the place that was made at a revision, and not about another of that name. */
    boolean concerns(String key, long revision) {
        return k.equals(key) && r == revision;
    }

    RevocationRequest asRequest(String lock, Instant received) {
        return new RevocationRequest(lock, by, why, instant(t).orElse(received));
    }

    /** A time as it is stored, if it is one. */
    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }
}

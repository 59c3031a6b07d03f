package io.coordination.config.internal;

import com.fasterxml.jackson.core.JsonParser;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.Checks;
import io.coordination.store.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Values to envelopes and back. {@code byte[]} goes as base64, everything else as JSON; neither is read as the other.
 * Thread-safe. Runs code of the user (constructors, getters), so it must not be called on an engine's thread.
 */
final class ValueCodec {

    /** The largest value, as stored; etcd refuses requests above 1.5 MiB. */
    static final int MAX_STORED_BYTES = 1024 * 1024;

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private ValueCodec() {}

    /**
     * Writes a value.
     *
     * @param op the id of the write
     * @throws CoordinationException {@code VALIDATION_ERROR} when it is null or too large, {@code SERIALIZATION_ERROR} when
     *     it cannot be written
     */
    static Bytes encode(Object value, String op) {
        Checks.notNull("value", value);
        Bytes stored = value instanceof byte[] bytes
                ? Envelope.wrap(Envelope.Type.BYTES, op, quoted(bytes))
                : Envelope.wrap(Envelope.Type.JSON, op, json(value));
        if (stored.size() > MAX_STORED_BYTES) {
            throw CoordinationException.of(
                    ErrorCode.VALIDATION_ERROR,
                    "value is " + stored.size() + " bytes as it would be stored: at most " + MAX_STORED_BYTES
                            + " bytes are allowed, split it over several keys or store a reference to it");
        }
        return stored;
    }

    private static byte[] quoted(byte[] bytes) {
        return ('"' + Base64.getEncoder().encodeToString(bytes) + '"').getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] json(Object value) {
        byte[] json = StrictJson.write(value);
        if (Arrays.equals(json, NULL)) {
            throw CoordinationException.of(
                    ErrorCode.VALIDATION_ERROR,
                    "value is of type " + value.getClass().getName()
                            + " and would be stored as null: give a value, or delete the key");
        }
        return json;
    }

    /**
     * Reads a value.
     *
     * @param key the key, for messages
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when it does not decode as the type; the message never holds
     *     the content
     */
    static <T> T decode(String key, Bytes stored, Wanted<T> type) {
        byte[] content = stored.toArray();
        String holder = "config key '" + key + "'";
        Envelope envelope = Envelope.open(holder, content);
        if (type.isBytes() != (envelope.type() == Envelope.Type.BYTES)) {
            String found = type.isBytes() ? envelope.shape() : "bytes";
            throw failure(holder, found + ", not " + type.name() + ": read it as the type it was written as");
        }
        try (JsonParser parser = Envelope.atData(content)) {
            T value = type.isBytes()
                    ? bytes(type, parser)
                    : StrictJson.read(parser, type, holder + " holds " + envelope.shape());
            if (value == null) {
                throw failure(holder, "null where a " + type.name() + " is wanted: write a value, or delete it");
            }
            return value;
        } catch (IOException e) {
            throw failure(holder, "bytes that are not valid base64: write them again");
        }
    }

    @SuppressWarnings({"unchecked", "unused"}) // the wanted type is byte[]
    private static <T> T bytes(Wanted<T> bytes, JsonParser parser) throws IOException {
        return (T) parser.getBinaryValue();
    }

    private static CoordinationException failure(String holder, String found) {
        return new CoordinationException(ErrorCode.SERIALIZATION_ERROR, holder + " holds " + found);
    }
}

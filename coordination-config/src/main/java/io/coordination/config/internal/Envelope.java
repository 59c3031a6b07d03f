package io.coordination.config.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a value in the store: {@code {"v":1,"type":"json","op":"…","data":…}}. The type is {@code json}, or {@code
 * bytes} with base64 text as data. {@code op} names the write that put the value there; values put there by other tools
 * may leave it out. Other fields are ignored, so that they can be added without a new version.
 *
 * @param type what the data is
 * @param op the id of the write
 * @param shape what kind of JSON the data is, for messages
 */
record Envelope(Type type, Optional<String> op, String shape) {

    private static final int VERSION = 1;
    private static final String DATA = "data";
    private static final Pattern TYPE_NAME = Pattern.compile("[a-z0-9-]{1,32}");

    /** What the data of an envelope is. */
    enum Type {
        JSON("json"),
        BYTES("bytes");

        private final String text;

        Type(String text) {
            this.text = text;
        }
    }

    /** Puts JSON text into an envelope. */
    static Bytes wrap(Type type, String op, byte[] data) {
        String head = "{\"v\":" + VERSION + ",\"type\":\"" + type.text + "\",\"op\":\"" + op + "\",\"" + DATA + "\":";
        ByteArrayOutputStream whole = new ByteArrayOutputStream(head.length() + data.length + 1);
        whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        whole.writeBytes(data);
        whole.write('}');
        return Bytes.copyOf(whole.toByteArray());
    }

    /** The id of the write that made a stored value, if it tells. */
    static Optional<String> operationOf(Bytes stored) {
        try {
            return Scan.of(stored.toArray()).op();
        } catch (IOException e) {
            // No envelope of ours, so no write of ours.
            return Optional.empty();
        }
    }

    /**
     * Opens an envelope.
     *
     * @param holder the words that begin a message, such as {@code config key 'a'}
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when it is none, or of a version or type that is not known
     */
    static Envelope open(String holder, byte[] stored) {
        Scan scan;
        try {
            scan = Scan.of(stored);
        } catch (IOException e) {
            throw unreadable(holder, stored.length + " bytes that are no value of this SDK", "write it with set");
        }
        return scan.toEnvelope(holder);
    }

    /** A parser that stands at the data of an envelope. */
    static JsonParser atData(byte[] stored) throws IOException {
        JsonParser parser = StrictJson.factory().createParser(stored);
        parser.nextToken();
        while (!DATA.equals(parser.nextFieldName())) {
            parser.nextToken();
            parser.skipChildren();
        }
        parser.nextToken();
        return parser;
    }

    private static CoordinationException unreadable(String holder, String what, String wayOut) {
        return new CoordinationException(ErrorCode.SERIALIZATION_ERROR, holder + " holds " + what + ": " + wayOut);
    }

    /** The fields of an envelope as they were found, before they are judged. */
    private record Scan(
            @Nullable Integer version,
            @Nullable String type,
            Optional<String> op,
            @Nullable String shape) {

        static Scan of(byte[] stored) throws IOException {
            try (JsonParser parser = StrictJson.factory().createParser(stored)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new IOException("not an object");
                }
                Scan scan = fields(parser);
                if (parser.nextToken() != null) {
                    throw new IOException("something follows the object");
                }
                return scan;
            }
        }

        private static Scan fields(JsonParser parser) throws IOException {
            Scan scan = new Scan(null, null, Optional.empty(), null);
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken token = parser.nextToken();
                scan = scan.with(name, token, parser);
                parser.skipChildren();
            }
            return scan;
        }

        private Scan with(String name, JsonToken token, JsonParser parser) throws IOException {
            boolean isText = token == JsonToken.VALUE_STRING;
            return switch (name) {
                case "v" ->
                    new Scan(token == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : null, type, op, shape);
                case "type" -> new Scan(version, isText ? parser.getText() : null, op, shape);
                case "op" -> new Scan(version, type, isText ? Optional.of(parser.getText()) : Optional.empty(), shape);
                case DATA -> shape == null ? new Scan(version, type, op, shapeOf(token)) : this;
                default -> this;
            };
        }

        Envelope toEnvelope(String holder) {
            if (version == null || type == null || shape == null) {
                throw unreadable(holder, "a JSON object that is no value of this SDK", "write it with set");
            }
            if (version != VERSION) {
                throw unreadable(
                        holder,
                        "a value in envelope version " + version + ", and this SDK reads version " + VERSION,
                        "update the SDK, or write the value again");
            }
            for (Type known : Type.values()) {
                if (known.text.equals(type)) {
                    return new Envelope(known, op, shape);
                }
            }
            String named = TYPE_NAME.matcher(type).matches() ? "of the type '" + type + "'" : "of another type";
            throw unreadable(
                    holder,
                    "a value " + named + ", and this SDK reads 'json' and 'bytes'",
                    "update the SDK, or write the value again");
        }

        private static String shapeOf(JsonToken token) {
            return switch (token) {
                case VALUE_STRING -> "a JSON string";
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a JSON number";
                case VALUE_TRUE, VALUE_FALSE -> "a JSON boolean";
                case START_ARRAY -> "a JSON array";
                case START_OBJECT -> "a JSON object";
                default -> "null";
            };
        }
    }
}

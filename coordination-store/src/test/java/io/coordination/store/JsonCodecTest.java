package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {

    private static final String SECRET = "hunter2";

    record Node(String name, int port, Optional<String> zone, Instant since, Duration ttl) {}

    record Cluster(List<Node> nodes, Map<String, Integer> weights) {}

    enum Mode {
        READ,
        WRITE
    }

    record Picky(String text) {
        Picky {
            if (!text.equals("good")) {
                throw new IllegalArgumentException("bad text: " + text);
            }
        }
    }

    static final class Leaky {
        @JsonCreator
        Leaky(String text) {
            throw new IllegalStateException("cannot do with " + text);
        }
    }

    record Unwritable(boolean readable) {
        @JsonProperty
        String value() {
            if (!readable) {
                throw new IllegalStateException("cannot give " + SECRET);
            }
            return SECRET;
        }
    }

    @Nested
    class Form {

        private final Node node =
                new Node("a", 80, Optional.of("eu"), Instant.parse("2030-01-01T00:00:00Z"), Duration.ofSeconds(90));

        @Test
        void isReadableAndInAStableOrder() {
            assertThat(JsonCodec.write(node).utf8())
                    .isEqualTo("{\"name\":\"a\",\"port\":80,\"since\":\"2030-01-01T00:00:00Z\",\"ttl\":\"PT1M30S\","
                            + "\"zone\":\"eu\"}");
        }

        @Test
        void mapsAreWrittenInTheOrderOfTheirKeys() {
            Map<String, Integer> map = new LinkedHashMap<>();
            map.put("b", 1);
            map.put("a", 2);

            assertThat(JsonCodec.write(map).utf8()).isEqualTo("{\"a\":2,\"b\":1}");
        }

        @Test
        void isReadBack() {
            Cluster cluster = new Cluster(List.of(node), Map.of("a", 1));

            assertThat(JsonCodec.read(JsonCodec.write(cluster), Cluster.class)).isEqualTo(cluster);
        }

        @Test
        void anUnknownPropertyIsIgnored() {
            assertThat(read("{\"text\":\"good\",\"more\":[1,{}]}", Picky.class)).isEqualTo(new Picky("good"));
        }
    }

    @Nested
    class Refusals {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "{",
                    "{\"name\":}",
                    "nonsense",
                    "{\"name\":\"a\"} trailing",
                    "[]",
                    "null",
                    "{\"name\":\"a\",\"port\":null}",
                    "{\"name\":\"a\"}",
                })
        void whatIsNoNodeIsASerializationError(String json) {
            CoordinationException failure = refusal(json, Node.class);

            assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failure).hasMessageContaining(Node.class.getTypeName());
        }

        @Test
        void nameTheProperty() {
            assertThat(refusal("{\"nodes\":[{\"name\":\"a\",\"port\":\"x\"}]}", Cluster.class))
                    .hasMessageContaining("(at nodes.[0].port)");
        }

        @Test
        void whatCannotBeWrittenIsASerializationError() {
            CoordinationException failure =
                    catchThrowableOfType(CoordinationException.class, () -> JsonCodec.write(new Unwritable(false)));

            assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failure).hasMessageContaining(Unwritable.class.getName()).hasMessageContaining("value");
        }
    }

    @Nested
    class Secrets {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    SECRET,
                    "\"" + SECRET,
                    "{\"name\":\"" + SECRET + "\"",
                    "{\"name\":" + SECRET + "}",
                    "{" + SECRET + ":1}",
                    "{\"name\":\"a\",\"port\":\"" + SECRET + "\"}",
                    "{\"name\":\"a\",\"port\":80,\"since\":\"" + SECRET + "\"}",
                    "{\"name\":\"a\",\"port\":80} " + SECRET,
                    "[\"" + SECRET + "\"]",
                    "\"" + SECRET + "\"",
                })
        void ofBrokenInputAreNotTold(String json) {
            assertThat(whole(refusal(json, Node.class))).doesNotContain(SECRET);
        }

        @Test
        void inEnumsAndConstructorsAreNotTold() {
            assertThat(whole(refusal("\"" + SECRET + "\"", Mode.class))).doesNotContain(SECRET);
            assertThat(whole(refusal("{\"text\":\"" + SECRET + "\"}", Picky.class)))
                    .doesNotContain(SECRET);
            assertThat(whole(refusal("\"" + SECRET + "\"", Leaky.class))).doesNotContain(SECRET);
        }

        @Test
        void thatAreKeysOfAMapAreNotTold() {
            CoordinationException failure =
                    refusal("{\"nodes\":[],\"weights\":{\"" + SECRET + "\":\"x\"}}", Cluster.class);

            assertThat(whole(failure)).doesNotContain(SECRET).contains("(at weights.{})");
        }

        @Test
        void ofWhatCannotBeWrittenAreNotTold() {
            CoordinationException failure = catchThrowableOfType(
                    CoordinationException.class, () -> JsonCodec.write(Map.of(SECRET, new Unwritable(false))));

            assertThat(whole(failure)).doesNotContain(SECRET);
        }
    }

    private static <T> T read(String json, Class<T> type) {
        return JsonCodec.read(Bytes.utf8(json), type);
    }

    private static CoordinationException refusal(String json, Class<?> type) {
        CoordinationException failure = catchThrowableOfType(CoordinationException.class, () -> read(json, type));
        assertThat(failure).as("the refusal of %s", json).isNotNull();
        return failure;
    }

    /** Everything a log would show of it. */
    private static String whole(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.toString());
        for (Throwable suppressed : failure.getSuppressed()) {
            text.append('\n').append(whole(suppressed));
        }
        return failure.getCause() == null
                ? text.toString()
                : text.append('\n').append(whole(failure.getCause())).toString();
    }
}

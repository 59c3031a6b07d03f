package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.config.TypeRef;
import io.coordination.store.Bytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValueCodecTest {

    record Limits(int max, String unit, Optional<Duration> window, List<Integer> steps) {}

    record Positive(int amount) {
        Positive {
            if (amount <= 0) {
                throw new IllegalArgumentException("s3cret " + amount);
            }
        }
    }

    record Outer(Map<String, Limits> limits) {}

    private static <T> T throughStore(Object value, Wanted<T> type) {
        return ValueCodec.decode("k", ValueCodec.encode(value, "0"), type);
    }

    private static Bytes json(String data) {
        return Bytes.utf8("{\"v\":1,\"type\":\"json\",\"data\":" + data + "}");
    }

    private static CoordinationException unreadable(String data, Class<?> type) {
        CoordinationException failure = Failures.of(() -> ValueCodec.decode("k", json(data), Wanted.of(type)));
        assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
        return failure;
    }

    @Nested
    class RoundTrips {

        static Stream<Object> values() {
            return Stream.of(
                    "text",
                    "",
                    "123",
                    "true",
                    "null",
                    "\"quoted\" \\ \u0000 \uD83D\uDE80 äöü",
                    'x',
                    42,
                    Long.MAX_VALUE,
                    Long.MIN_VALUE,
                    (short) 7,
                    (byte) -7,
                    0.1,
                    0.1f,
                    Double.NaN,
                    Double.NEGATIVE_INFINITY,
                    new BigInteger("123456789012345678901234567890"),
                    new BigDecimal("0.1234567890123456789012345678901234567890"),
                    true,
                    false,
                    TimeUnit.DAYS,
                    Duration.ofMillis(1500),
                    Instant.parse("2030-01-02T03:04:05.000000006Z"),
                    LocalDate.of(2030, 1, 2),
                    new UUID(1, 2),
                    new Limits(3, "kB", Optional.of(Duration.ofSeconds(1)), List.of(1, 2)),
                    new Limits(3, "kB", Optional.empty(), List.of()));
        }

        @ParameterizedTest
        @MethodSource("values")
        void everyKindComesBackAsItWas(Object value) {
            Object back = throughStore(value, Wanted.of(value.getClass()));
            assertThat(back).isEqualTo(value).hasSameClassAs(value);
        }

        @Test
        void bytesComeBackAsTheyWere() {
            byte[] all = new byte[256];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) i;
            }
            assertThat(throughStore(all, Wanted.of(byte[].class))).isEqualTo(all);
            assertThat(throughStore(new byte[0], Wanted.of(byte[].class))).isEmpty();
        }

        @Test
        void typeArgumentsAreKept() {
            List<Duration> times = List.of(Duration.ofSeconds(1), Duration.ofMinutes(2));
            assertThat(throughStore(times, Wanted.of(new TypeRef<List<Duration>>() {})))
                    .isEqualTo(times);
            Map<String, List<Long>> map = Map.of("a", List.of(1L, 2L));
            assertThat(throughStore(map, Wanted.of(new TypeRef<Map<String, List<Long>>>() {})))
                    .isEqualTo(map);
        }

        @Test
        void untypedValuesKeepTheirKind() {
            assertThat(throughStore(
                            Map.of("a", 1, "b", 1.5, "c", "1"), Wanted.of(new TypeRef<Map<String, Object>>() {})))
                    .isEqualTo(Map.of("a", 1, "b", 1.5, "c", "1"));
            assertThat(throughStore("7", Wanted.of(Object.class))).isEqualTo("7");
        }

        @Test
        void wholeNumbersWiden() {
            assertThat(throughStore(5, Wanted.of(Long.class))).isEqualTo(5L);
            assertThat(throughStore(5, Wanted.of(Double.class))).isEqualTo(5.0);
            assertThat(throughStore(5, Wanted.of(int.class))).isEqualTo(5);
            assertThat(throughStore(5L, Wanted.of(Integer.class))).isEqualTo(5);
            assertThat(throughStore(5, Wanted.of(BigDecimal.class))).isEqualByComparingTo("5");
        }

        @Test
        void unknownPropertiesAreIgnored() {
            assertThat(ValueCodec.decode("k", json("{\"amount\":5,\"new\":{}}"), Wanted.of(Positive.class)))
                    .isEqualTo(new Positive(5));
        }
    }

    @Nested
    class Strictness {

        static Stream<Arguments> mismatches() {
            return Stream.of(
                    Arguments.of("5", String.class, "a JSON number"),
                    Arguments.of("5.5", String.class, "a JSON number"),
                    Arguments.of("true", String.class, "a JSON boolean"),
                    Arguments.of("{}", String.class, "a JSON object"),
                    Arguments.of("[\"a\"]", String.class, "a JSON array"),
                    Arguments.of("\"5\"", Integer.class, "a JSON string"),
                    Arguments.of("\"5\"", long.class, "a JSON string"),
                    Arguments.of("\"\"", Integer.class, "a JSON string"),
                    Arguments.of("\"5.5\"", Double.class, "a JSON string"),
                    Arguments.of("\"5\"", BigDecimal.class, "a JSON string"),
                    Arguments.of("true", Integer.class, "a JSON boolean"),
                    Arguments.of("5.5", Integer.class, "a JSON number"),
                    Arguments.of("5.0", Long.class, "a JSON number"),
                    Arguments.of("3000000000", Integer.class, "a JSON number"),
                    Arguments.of("9223372036854775808", Long.class, "a JSON number"),
                    Arguments.of("\"true\"", Boolean.class, "a JSON string"),
                    Arguments.of("1", Boolean.class, "a JSON number"),
                    Arguments.of("0", TimeUnit.class, "a JSON number"),
                    Arguments.of("\"days\"", TimeUnit.class, "a JSON string"),
                    Arguments.of("\"soon\"", Duration.class, "a JSON string"),
                    Arguments.of("\"\"", Duration.class, "a JSON string"),
                    Arguments.of("\"\"", Positive.class, "a JSON string"),
                    Arguments.of("[5]", Positive.class, "a JSON array"),
                    Arguments.of("5", List.class, "a JSON number"),
                    Arguments.of("\"AQID\"", byte[].class, "a JSON string, not byte[]"),
                    Arguments.of("null", String.class, "null where"),
                    Arguments.of("{\"amount\":null}", Positive.class, "(at amount)"),
                    Arguments.of("{}", Positive.class, "(at amount)"),
                    Arguments.of("{\"amount\":\"5\"}", Positive.class, "(at amount)"),
                    Arguments.of("5", Runnable.class, "java.lang.Runnable"));
        }

        @ParameterizedTest
        @MethodSource("mismatches")
        void nothingIsReadAsWhatItIsNot(String data, Class<?> type, String words) {
            assertThat(unreadable(data, type))
                    .hasMessageContaining("config key 'k'")
                    .hasMessageContaining(words);
        }

        @Test
        void storedBytesAreReadAsBytesOnly() {
            CoordinationException failure = Failures.of(() -> throughStore(new byte[] {1}, Wanted.of(String.class)));
            assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failure).hasMessageContaining("holds bytes, not java.lang.String");
        }

        @Test
        void aFailureTellsThePlaceButNeitherValuesNorMapKeys() {
            CoordinationException failure = unreadable(
                    "{\"limits\":{\"s3cret-user\":{\"max\":\"s3cret\",\"unit\":\"b\",\"steps\":[]}}}", Outer.class);
            assertThat(failure).hasMessageContaining("(at limits[a key].max)").hasNoCause();
            assertThat(failure.getMessage()).doesNotContain("s3cret");
        }

        @Test
        void aConstructorThatRefusesIsNamedButItsMessageIsNot() {
            CoordinationException failure = unreadable("{\"amount\":-5}", Positive.class);
            assertThat(failure)
                    .hasMessageContaining("refused with IllegalArgumentException")
                    .hasNoCause();
            assertThat(failure.getMessage()).doesNotContain("s3cret").doesNotContain("-5");
        }
    }

    @Nested
    class Writing {

        @Test
        void nullIsRefused() {
            assertThat(Failures.of(() -> ValueCodec.encode(Absent.value(), "0")).code())
                    .isEqualTo(ErrorCode.VALIDATION_ERROR);
        }

        @Test
        void aValueThatWouldBeStoredAsNullIsRefused() {
            CoordinationException failure = Failures.of(() -> ValueCodec.encode(Optional.empty(), "0"));
            assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(failure).hasMessageContaining("value").hasMessageContaining("null");
        }

        @Test
        void aValueThatJacksonCannotWriteIsRefused() {
            CoordinationException failure = Failures.of(() -> ValueCodec.encode(new Object(), "0"));
            assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failure).hasMessageContaining("value is of type java.lang.Object");
        }

        @Test
        void aGetterThatThrowsIsReportedWithoutItsMessage() {
            CoordinationException failure = Failures.of(() -> ValueCodec.encode(new Broken(), "0"));
            assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failure)
                    .hasMessageContaining("(at name, refused with IllegalStateException)")
                    .hasNoCause();
            assertThat(failure.getMessage()).doesNotContain("s3cret");
        }

        @Test
        void oneMebibyteIsAllowedAndOneByteMoreIsNot() {
            int overhead = ValueCodec.encode("", "0").size();
            String largest = "x".repeat(ValueCodec.MAX_STORED_BYTES - overhead);
            assertThat(ValueCodec.encode(largest, "0").size()).isEqualTo(1_048_576);
            CoordinationException failure = Failures.of(() -> ValueCodec.encode(largest + "x", "0"));
            assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(failure).hasMessageContaining("value is 1048577 bytes").hasMessageContaining("1048576");
        }

        @Test
        void theLimitCountsWhatBytesBecome() {
            byte[] bytes = new byte[900_000];
            Arrays.fill(bytes, (byte) 1);
            assertThat(Failures.of(() -> ValueCodec.encode(bytes, "0")).code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        }
    }

    static final class Broken {
        public String getName() {
            return Optional.<String>empty().orElseThrow(() -> new IllegalStateException("s3cret"));
        }
    }
}

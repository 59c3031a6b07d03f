package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.config.TypeRef;
import io.coordination.config.Version;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link ConfigContract} about values and names. */
abstract class ConfigValueRules extends ConfigFixture {

    private static final TypeRef<List<String>> NAMES = new TypeRef<>() {};

    /** A value of a user. */
    record Limits(int max, Optional<Duration> window, List<String> tags) {}

    @Nested
    class Values {

        static Stream<Object> values() {
            return Stream.of(
                    "text",
                    "",
                    "123",
                    "true",
                    "null",
                    "{\"a\":1}",
                    "line\nbreak \u0000 \uD83D\uDE80",
                    42,
                    Long.MAX_VALUE,
                    0.1,
                    new BigDecimal("0.12345678901234567890"),
                    true,
                    TimeUnit.DAYS,
                    Duration.ofMillis(1_500),
                    Instant.parse("2030-01-02T03:04:05.000000006Z"),
                    new Limits(3, Optional.of(Duration.ofSeconds(1)), List.of("a", "b")));
        }

        @ParameterizedTest
        @MethodSource("values")
        void areTheSameWhenRead(Object value) {
            mine().set(key("a"), value);
            assertThat(other().get(key("a"), value.getClass()).orElseThrow()).isEqualTo(value);
        }

        @Test
        void bytesAreTheSameWhenRead() {
            byte[] bytes = {0, 1, -1, 127, -128};
            mine().set(key("a"), bytes);
            assertThat(other().get(key("a"), byte[].class).orElseThrow()).isEqualTo(bytes);
        }

        @Test
        void listsAndMapsKeepTheirTypeArguments() {
            mine().set(key("list"), List.of("a", "b"));
            mine().set(key("map"), Map.of("x", List.of(1L)));
            assertThat(other().get(key("list"), NAMES)).contains(List.of("a", "b"));
            assertThat(other().get(key("map"), new TypeRef<Map<String, List<Long>>>() {}))
                    .contains(Map.of("x", List.of(1L)));
            assertThat(other().entry(key("list"), NAMES).orElseThrow().value()).containsExactly("a", "b");
        }

        @Test
        void areAbsentUntilTheyAreSet() {
            assertThat(mine().get(key("a"), String.class)).isEmpty();
            assertThat(mine().entry(key("a"), String.class)).isEmpty();
        }

        @Test
        void wholeNumbersWiden() {
            mine().set(key("a"), 5);
            assertThat(mine().get(key("a"), Long.class)).contains(5L);
            assertThat(mine().get(key("a"), Double.class)).contains(5.0);
        }

        static Stream<Arguments> mismatches() {
            return Stream.of(
                    Arguments.of(5, String.class),
                    Arguments.of("5", Integer.class),
                    Arguments.of("true", Boolean.class),
                    Arguments.of(1, Boolean.class),
                    Arguments.of(5.5, Integer.class),
                    Arguments.of(5_000_000_000L, Integer.class),
                    Arguments.of(List.of("s3cret"), String.class),
                    Arguments.of("s3cret", Limits.class),
                    Arguments.of("s3cret", byte[].class),
                    Arguments.of(new byte[] {1}, String.class));
        }

        @ParameterizedTest
        @MethodSource("mismatches")
        void areNeverReadAsWhatTheyAreNot(Object value, Class<?> type) {
            mine().set(key("a"), value);
            CoordinationException failure = failureOf(() -> mine().get(key("a"), type));
            assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failure).hasMessageContaining(key("a")).hasMessageContaining(type.getTypeName());
            assertThat(failure.getMessage()).doesNotContain("s3cret");
            assertThat(mine().get(key("a"), value.getClass())).isPresent();
        }

        @Test
        void belongToWhoReadsThem() {
            mine().set(key("a"), List.of("x"));
            mine().get(key("a"), NAMES).orElseThrow().add("y");
            assertThat(mine().get(key("a"), NAMES)).contains(List.of("x"));
        }

        @Test
        void ofTenKilobytesAndOfNearlyOneMebibyteAreStored() {
            mine().set(key("small"), "x".repeat(10_000));
            mine().set(key("large"), "x".repeat(1_048_000));
            assertThat(other().get(key("large"), String.class).orElseThrow()).hasSize(1_048_000);
            assertThat(other().get(key("small"), String.class).orElseThrow()).hasSize(10_000);
        }

        @Test
        void ofMoreThanOneMebibyteAreRefused() {
            String tooLong = "x".repeat(1_048_576);
            CoordinationException failure = failureOf(() -> mine().set(key("a"), tooLong));
            assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(failure).hasMessageStartingWith("value is").hasMessageContaining("1048576");
            assertThat(failure.getMessage()).hasSizeLessThan(300);
            assertThat(failureOf(() -> mine().compareAndSet(key("a"), Version.ABSENT, new byte[800_000]))
                            .code())
                    .isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(mine().get(key("a"), String.class)).isEmpty();
        }

        @Test
        void thatCannotBeWrittenAreRefused() {
            assertThat(failureOf(() -> mine().set(key("a"), new Object())).code())
                    .isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failureOf(() -> mine().set(key("a"), Optional.empty())).code())
                    .isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(mine().list(root)).isEmpty();
        }
    }

    @Nested
    class Names {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "a",
                    "a/b/c",
                    "a.b",
                    "a b",
                    "ä",
                    "\uD83D\uDE80",
                    "100%",
                    "%2F",
                    "..a",
                    "a..",
                    "*",
                    "a\\b",
                    "\"",
                    "modules/a/b"
                })
        void mayBeAlmostAnyText(String name) {
            mine().set(key(name), name);
            assertThat(other().get(key(name), String.class)).contains(name);
            assertThat(other().list(root)).containsExactly(key(name));
        }

        @Test
        void mayHave1024Bytes() {
            String longest = key("x".repeat(1_024 - key("").length()));
            mine().set(longest, 1);
            assertThat(other().get(longest, Integer.class)).contains(1);
        }

        @Test
        void thatLookAlikeAreDifferentKeys() {
            List<String> names = List.of("a", "A", "a/b", "a%2Fb", "a ü", "a u\u0308");
            names.forEach(name -> mine().set(key(name), name));
            names.forEach(
                    name -> assertThat(other().get(key(name), String.class)).contains(name));
        }

        static Stream<String> badNames() {
            return Stream.of(
                    "",
                    " ",
                    "\t",
                    "/",
                    "a/",
                    "/a",
                    "a//b",
                    ".",
                    "..",
                    "a/../b",
                    "./a",
                    " a",
                    "a ",
                    "a/ b",
                    "a\u0000b",
                    "a\nb",
                    "\uD83D",
                    "x".repeat(10_240),
                    "ü".repeat(600));
        }

        @ParameterizedTest
        @MethodSource("badNames")
        void thatAreNoKeysAreRefused(String name) {
            assertRefused("key", failureOf(() -> mine().get(name, String.class)));
            assertRefused("key", failureOf(() -> mine().entry(name, String.class)));
            assertRefused("key", failureOf(() -> mine().set(name, 1)));
            assertRefused("key", failureOf(() -> mine().compareAndSet(name, Version.ABSENT, 1)));
            assertRefused("key", failureOf(() -> mine().delete(name)));
            assertRefused("key", failureOf(() -> mine().watch(name, String.class, event -> {})));
            assertThat(mine().setAsync(name, 1)).isCompletedExceptionally();
        }

        @ParameterizedTest
        @ValueSource(strings = {" ", "/", "//", "/a", "a//", "..", "a/..", "a\u0000"})
        void thatAreNoPrefixesAreRefused(String prefix) {
            assertRefused("prefix", failureOf(() -> mine().list(prefix)));
            assertRefused("prefix", failureOf(() -> mine().watchPrefix(prefix, String.class, batch -> {})));
            assertThat(mine().listAsync(prefix)).isCompletedExceptionally();
        }

        @Test
        void andOtherArgumentsAreNeverNull() {
            assertRefused("key", failureOf(() -> mine().get(nothing(), String.class)));
            assertRefused("prefix", failureOf(() -> mine().list(nothing())));
            assertRefused("type", failureOf(() -> mine().get(key("a"), ConfigValueRules.<Class<String>>nothing())));
            assertRefused("value", failureOf(() -> mine().set(key("a"), nothing())));
            assertRefused("expected", failureOf(() -> mine().compareAndSet(key("a"), nothing(), 1)));
            assertRefused("listener", failureOf(() -> mine().watch(key("a"), String.class, nothing())));
        }

        private void assertRefused(String parameter, CoordinationException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(failure.getMessage()).startsWith(parameter + " is ").hasSizeLessThan(300);
        }
    }

    /** The null that callers without a checker pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }
}

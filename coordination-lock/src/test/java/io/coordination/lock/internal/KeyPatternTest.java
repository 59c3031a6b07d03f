package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.time.DayOfWeek;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPatternTest {

    private static void assertRefused(String part, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                .hasMessageContaining(part);
    }

    @Test
    void resolvesEveryPlaceholder() {
        KeyPattern pattern = KeyPattern.parse("shop/{shop}:order:{order_id}/{shop}");
        assertThat(pattern.placeholders()).containsExactly("shop", "order_id");
        assertThat(pattern.keyOf(Map.of("shop", "west", "order_id", 42))).isEqualTo("shop/west:order:42/west");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain09AZ|plain09AZ",
                "a:b|a%3Ab",
                "a/b|a%2Fb",
                "50%|50%25",
                "a-b_c.d~|a%2Db%5Fc%2Ed%7E",
                "{id}|%7Bid%7D",
                "ü😀|%C3%BC%F0%9F%98%80",
                "' '|%20"
            })
    void escapesAllButLettersAndDigits(String value, String escaped) {
        assertThat(KeyPattern.parse("k:{id}").keyOf(Map.of("id", value))).isEqualTo("k:" + escaped);
    }

    @Test
    void takesValuesThatHaveOneText() {
        KeyPattern pattern = KeyPattern.parse("k:{id}");
        UUID uuid = new UUID(1, 2);
        assertThat(List.<Object>of(1L, (short) 1, (byte) 1, BigInteger.ONE, '1', CharBuffer.wrap("1")))
                .allSatisfy(
                        value -> assertThat(pattern.keyOf(Map.of("id", value))).isEqualTo("k:1"));
        assertThat(pattern.keyOf(Map.of("id", true))).isEqualTo("k:true");
        assertThat(pattern.keyOf(Map.of("id", DayOfWeek.MONDAY))).isEqualTo("k:MONDAY");
        assertThat(pattern.keyOf(Map.of("id", uuid)))
                .isEqualTo("k:" + uuid.toString().replace("-", "%2D"));
        assertRefused("{id}", () -> pattern.keyOf(Map.of("id", 1.5)));
        assertRefused("java.lang.Object", () -> pattern.keyOf(Map.of("id", new Object())));
    }

    @Test
    void neverGivesOneNameToDifferentValues() {
        List<String> parts = List.of("a", "b", "ab", ":", "a:", ":b", "%3A", "a%3A", "-", "x", "1", "%");
        for (String text : List.of("{p}:{q}", "{p}-{q}", "{p}x:x{q}", "{p}%3A-{q}", "a:{p}--{q}:b")) {
            KeyPattern pattern = KeyPattern.parse(text);
            Set<String> names = new HashSet<>();
            for (String p : parts) {
                for (String q : parts) {
                    names.add(pattern.keyOf(Map.of("p", p, "q", q)));
                }
            }
            assertThat(names).as(text).hasSize(parts.size() * parts.size());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user",
                "{}",
                "{1a}",
                "{a",
                "a}",
                "{a}{b}",
                "{a}x{b}",
                "{a}%{b}",
                "{a}9{b}",
                "{a}:{b}c{d}",
                "{{a}}",
                "{a b}",
                "{a-b}",
                "",
                " {a}"
            })
    void refusesPatternsThatAreNone(String text) {
        assertRefused("pattern", () -> KeyPattern.parse(text));
    }

    @Test
    @SuppressWarnings("NullAway") // what happens to null is the question here
    void refusesValuesThatDoNotFit() {
        KeyPattern pattern = KeyPattern.parse("{a}:{b}");
        assertRefused("{b}", () -> pattern.keyOf(Map.of("a", 1)));
        assertRefused("\"c\"", () -> pattern.keyOf(Map.of("a", 1, "b", 2, "c", 3)));
        assertRefused("{a}", () -> pattern.keyOf(Map.of("a", "", "b", 2)));
        assertRefused("{a}", () -> pattern.keyOf(Map.of("a", "half \ud83d pair", "b", 2)));
        Map<String, Object> missing = new HashMap<>(Map.of("a", 1));
        missing.put("b", null);
        assertRefused("{b}", () -> pattern.keyOf(missing));
        assertRefused("values", () -> pattern.keyOf(null));
        assertRefused("values", () -> pattern.keyOf(Collections.singletonMap(null, 1)));
        assertRefused("key", () -> pattern.keyOf(Map.of("a", "x".repeat(600), "b", 2)));
        assertRefused("pattern", () -> KeyPattern.parse(null));
    }
}

package io.coordination.internal;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "orders/42",
                "/",
                "..",
                ".",
                "a b",
                "locks",
                "!limit",
                "modules",
                "%2F",
                "a\\b",
                "日本",
                "\uD83D\uDE80",
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
                "ключ",
                "\uFEFFa"
            })
    void everythingPrintableIsAName(String name) {
        assertThat(Checks.name("key", name)).isSameAs(name);
    }

    @Test
    void nullAndEmptyAreRefused() {
        assertRefused(() -> Checks.name("key", null), "key is null", "give a value");
        assertRefused(() -> Checks.name("key", ""), "key is \"\"", "must not be empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", " a", "a ", "\u00a0a", "a\u3000", "\u2028", "\u00a0"})
    void whiteSpaceAtTheEndsIsRefused(String name) {
        assertRefused(() -> Checks.name("key", name), "key is ", "white space");
    }

    @ParameterizedTest
    @CsvSource({"0", "9", "10", "31", "127", "128", "159"})
    void controlCharactersAreRefusedAndShownEscaped(int character) {
        String name = "a" + (char) character + "b";
        assertRefused(
                () -> Checks.name("key", name), String.format("key is \"a\\u%04xb\"", character), "control characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\uD83D", "\uDE80b", "\uDE80\uD83D", "a\uD83Db"})
    void halfSurrogatePairsAreRefused(String name) {
        assertRefused(() -> Checks.name("key", name), "key is ", "half surrogate pairs", "\\ud");
    }

    @Test
    void theLimitCountsUtf8Bytes() {
        assertThat(Checks.name("key", "a".repeat(512))).hasSize(512);
        assertThat(Checks.name("key", "\uD83D\uDE80".repeat(128))).hasSize(256);
        assertThat(Checks.name("key", "ж".repeat(256))).hasSize(256);
        assertRefused(() -> Checks.name("key", "a".repeat(513)), "key is ", "512 bytes");
        assertRefused(() -> Checks.name("key", "\uD83D\uDE80".repeat(128) + "a"), "key is ", "512 bytes");
        assertRefused(() -> Checks.name("key", "ж".repeat(256) + "a"), "key is ", "512 bytes");
        assertRefused(() -> Checks.name("key", "日".repeat(171)), "key is ", "512 bytes");
    }

    @Test
    void longValuesAreCutInMessages() {
        assertRefused(
                () -> Checks.name("key", "x".repeat(10_240)), "key is \"" + "x".repeat(60) + "… (10240 characters)\"");
    }

    @Test
    void cuttingNeverSplitsACharacter() {
        String name = "x".repeat(59) + "\uD83D\uDE80" + "y".repeat(600);
        assertRefused(() -> Checks.name("key", name), "key is \"" + "x".repeat(59) + "\uD83D\uDE80…");
    }

    @Test
    void labelsHaveAtMost128Characters() {
        assertThat(Checks.label("label", "l".repeat(128))).hasSize(128);
        assertRefused(() -> Checks.label("label", "l".repeat(129)), "label is ", "128 characters");
        assertRefused(() -> Checks.label("label", " "), "label is ");
    }

    @Test
    void wellFormedTextMayBeAnythingElse() {
        assertThat(Checks.wellFormed("text", "")).isEmpty();
        assertThat(Checks.wellFormed("text", " \n\t\uD83D\uDE80")).hasSize(5);
        assertRefused(() -> Checks.wellFormed("text", "a\uD83D"), "text is ", "half surrogate pairs");
        assertRefused(() -> Checks.wellFormed("text", "\uDE80"), "text is ", "half surrogate pairs");
        assertRefused(() -> Checks.wellFormed("text", null), "text is null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ж", "日", "\uD83D\uDE80", "aж日\uD83D\uDE80z"})
    void theLengthInUtf8IsThatOfTheEncoder(String text) {
        assertThat(Checks.utf8Length(text)).isEqualTo(text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
    }
}

package io.coordination.internal;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksConfigKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "orders.limit", "a/b/c d/\uD83D\uDE80", "...", "..a/.b", "a%2Fb", "modules/x"})
    void segmentsSeparatedBySlashesAreAKey(String key) {
        assertThat(Checks.configKey("key", key)).isSameAs(key);
        assertThat(Checks.configPrefix("prefix", key)).isSameAs(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "a/", "a//b", "//", "a/b//"})
    void emptySegmentsAreRefused(String key) {
        assertRefused(() -> Checks.configKey("key", key), "key is \"" + key + "\"", "one '/' between them");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a/..", "../a", "a/./b", "./a"})
    void dotSegmentsAreRefused(String key) {
        assertRefused(() -> Checks.configKey("key", key), "key is \"" + key + "\"", "'.' and '..'");
        assertRefused(() -> Checks.configPrefix("prefix", key), "prefix is \"" + key + "\"", "'.' and '..'");
    }

    @ParameterizedTest
    @ValueSource(strings = {" a", "a ", "a/ b", "a /b", "a\nb", "a/b\u0000", "a/\uD83D", "\uD83D/\uDE80"})
    void eachSegmentFollowsTheCharacterRules(String key) {
        assertRefused(() -> Checks.configKey("key", key), "key is ");
    }

    @Test
    void nullAndEmptyAreNoKeys() {
        assertRefused(() -> Checks.configKey("key", null), "key is null");
        assertRefused(() -> Checks.configKey("key", ""), "key is \"\"", "must not be empty");
    }

    @Test
    void theWholeKeyHasAtMost1024Bytes() {
        assertThat(Checks.configKey("key", "a/" + "b".repeat(1_022))).hasSize(1_024);
        assertRefused(() -> Checks.configKey("key", "a/" + "b".repeat(1_023)), "key is ", "1024 bytes");
    }

    @Test
    void thePrefixMayBeEmptyOrEndWithASlash() {
        assertThat(Checks.configPrefix("prefix", "")).isEmpty();
        assertThat(Checks.configPrefix("prefix", "app/")).isEqualTo("app");
        assertThat(Checks.configPrefix("prefix", "app/db/")).isEqualTo("app/db");
        assertRefused(() -> Checks.configPrefix("prefix", null), "prefix is null");
        assertRefused(() -> Checks.configPrefix("prefix", "/"), "prefix is \"/\"");
        assertRefused(() -> Checks.configPrefix("prefix", "app//"), "prefix is ");
    }
}

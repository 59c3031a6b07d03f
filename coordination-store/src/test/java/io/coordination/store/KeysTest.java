package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {

    private static final long LEASE = 0x0123_4567_89ab_cdefL;

    private final Keys keys = Keys.ofNamespace("shop/prod");

    @Nested
    class Escaping {

        @ParameterizedTest
        @CsvSource({
            "plain-Name_0.9~, plain-Name_0.9~",
            "a/b, a%2Fb",
            "50%, 50%25",
            "a b, a%20b",
            "a+b, a%2Bb",
            "!limit, %21limit",
            "a:b, a%3Ab",
            "ü, %C3%BC",
            "😀, %F0%9F%98%80",
            "., %2E",
            ".., %2E%2E",
            "..., ...",
            ".a, .a",
        })
        void makesOneSegmentOfAnyText(String text, String segment) {
            assertThat(Keys.escape(text)).isEqualTo(segment);
        }

        @Test
        void writesNothingButPrintableAscii() {
            StringBuilder everything = new StringBuilder();
            for (char c = 0; c < 0xD800; c++) {
                everything.append(c);
            }

            assertThat(Keys.escape(everything.toString())).matches("[A-Za-z0-9._~%-]+");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", "a", ".", "..", "a/b", "%", "%2F", "%%41", "100 %", "ü😀\u0000\n", "a\u007Fb", "x%zz"})
        void isTakenBackByUnescaping(String text) {
            assertThat(Keys.unescape(Keys.escape(text))).isEqualTo(text);
        }

        @ParameterizedTest
        @CsvSource({"%, %", "%4, %4", "a%, a%", "%G1, %G1", "%1G, %1G", "%-1, %-1", "%41%, A%", "%c3%bc, ü"})
        void unescapingLeavesMalformedEscapesAlone(String escaped, String text) {
            assertThat(Keys.unescape(escaped)).isEqualTo(text);
        }
    }

    @Nested
    class Layout {

        @Test
        void isTheDocumentedOne() {
            assertThat(keys.namespacePrefix()).isEqualTo("/shop/prod/");
            assertThat(keys.lockPrefix("a/b")).isEqualTo("/shop/prod/locks/a%2Fb/");
            assertThat(keys.lockKey("a", LEASE, 7)).isEqualTo("/shop/prod/locks/a/0123456789abcdef-7");
            assertThat(keys.sessionKey(LEASE)).isEqualTo("/shop/prod/sessions/0123456789abcdef");
            assertThat(keys.servicesPrefix()).isEqualTo("/shop/prod/services/");
            assertThat(keys.servicePrefix("orders")).isEqualTo("/shop/prod/services/orders/");
            assertThat(keys.instanceKey("orders", "10.0.0.7:80")).isEqualTo("/shop/prod/services/orders/10.0.0.7%3A80");
            assertThat(keys.configPrefix()).isEqualTo("/shop/prod/config/");
            assertThat(keys.configKey("a/b c")).isEqualTo("/shop/prod/config/a/b%20c");
        }

        @Test
        void aModuleHasItsOwnLocksAndConfigurationAndSharesTheRest() {
            Keys module = keys.ofModule("billing");

            assertThat(module.lockPrefix("a")).isEqualTo("/shop/prod/modules/billing/locks/a/");
            assertThat(module.configPrefix()).isEqualTo("/shop/prod/modules/billing/config/");
            assertThat(module.sessionKey(LEASE)).isEqualTo(keys.sessionKey(LEASE));
            assertThat(module.servicePrefix("a")).isEqualTo(keys.servicePrefix("a"));
            assertThat(module.namespacePrefix()).isEqualTo(keys.namespacePrefix());
        }

        @Test
        void leaseIdsAreSixteenDigits() {
            assertThat(Keys.leaseSegment(1)).isEqualTo("0000000000000001");
            assertThat(Keys.leaseSegment(Long.MAX_VALUE)).isEqualTo("7fffffffffffffff");
        }

        @Test
        void namesNeverMatchLongerOnes() {
            assertThat(KeyRange.prefix(keys.lockPrefix("a")).contains(keys.lockKey("a", LEASE, 1)))
                    .isTrue();
            assertThat(KeyRange.prefix(keys.lockPrefix("a")).contains(keys.lockKey("a/b", LEASE, 1)))
                    .isFalse();
            assertThat(KeyRange.prefix(keys.lockPrefix("a")).contains(keys.lockKey("ab", LEASE, 1)))
                    .isFalse();
            assertThat(KeyRange.prefix(keys.servicePrefix("a")).contains(keys.instanceKey("a-b", "1")))
                    .isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"a", "a/b", ".", "..", "ü"})
        void allPrefixesEndInASlash(String name) {
            assertThat(keys.lockPrefix(name)).endsWith("/");
            assertThat(keys.servicePrefix(name)).endsWith("/");
            assertThat(keys.configPrefix(name)).endsWith("/");
        }
    }

    @Nested
    class SessionRange {

        private final KeyRange range = keys.sessionRange(LEASE);

        @Test
        void hasTheSessionKeyAndWhatIsBelowIt() {
            String key = keys.sessionKey(LEASE);

            assertThat(range.contains(key)).isTrue();
            assertThat(range.contains(key + "/")).isTrue();
            assertThat(range.contains(key + "/1")).isTrue();
            assertThat(range.contains(key + "/zzz")).isTrue();
        }

        @Test
        void hasNoOtherSession() {
            assertThat(range.contains(keys.sessionKey(LEASE - 1))).isFalse();
            assertThat(range.contains(keys.sessionKey(LEASE + 1))).isFalse();
            assertThat(range.contains(keys.sessionKey(LEASE + 1) + "/1")).isFalse();
            assertThat(range.contains(keys.sessionKey(LEASE) + "0")).isFalse();
        }
    }

    @Nested
    class ConfigurationKeys {

        @ParameterizedTest
        @ValueSource(strings = {"a", "a/b/c", "a b", "50%", "a%2Fb", "😀/ü"})
        void areFoundAgainByTheirName(String name) {
            assertThat(keys.configName(keys.configKey(name))).contains(name);
        }

        @Test
        void ofOthersHaveNoName() {
            assertThat(keys.configName(keys.ofModule("m").configKey("a"))).isEmpty();
            assertThat(keys.configName("/shop/prod/configuration/a")).isEmpty();
            assertThat(keys.configName(keys.lockPrefix("a"))).isEmpty();
        }

        @Test
        void aPrefixIsTheSameWithAndWithoutATrailingSlash() {
            assertThat(keys.configPrefix("a/b")).isEqualTo("/shop/prod/config/a/b/");
            assertThat(keys.configPrefix("a/b/")).isEqualTo("/shop/prod/config/a/b/");
        }

        @Test
        void theEmptyPrefixIsTheWholeConfiguration() {
            assertThat(keys.configPrefix("")).isEqualTo(keys.configPrefix());
            assertThat(keys.configPrefix("/")).isEqualTo(keys.configPrefix());
        }
    }

    @Nested
    class BesideQueues {

        @Test
        void everyNameIsOneSegment() {
            assertThat(keys.latchPrefix("a/b")).isEqualTo("/shop/prod/latches/a%2Fb/");
            assertThat(keys.barrierPrefix("a/b")).isEqualTo("/shop/prod/barriers/a%2Fb/");
            assertThat(keys.counterKey("a/b")).isEqualTo("/shop/prod/counters/a%2Fb");
            assertThat(keys.jobKey("a/b")).isEqualTo("/shop/prod/jobs/a%2Fb");
            assertThat(keys.fenceKey("a/b")).isEqualTo("/shop/prod/fences/a%2Fb");
        }

        @Test
        void modulesHaveTheirOwn() {
            Keys module = keys.ofModule("billing");
            assertThat(new String[] {
                        module.latchPrefix("a"),
                        module.barrierPrefix("a"),
                        module.counterKey("a"),
                        module.jobKey("a"),
                        module.fenceKey("a")
                    })
                    .allMatch(key -> key.startsWith("/shop/prod/modules/billing/"));
        }
    }
}

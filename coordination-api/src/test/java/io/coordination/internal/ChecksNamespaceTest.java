package io.coordination.internal;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksNamespaceTest {
    @ParameterizedTest
    @ValueSource(strings = {"coordination", "prod", "a/b/c/d", "eu-1/team_x", "...", "v1.2", "Modules", "modules2"})
    void oneToFourPlainSegmentsAreANamespace(String namespace) {
        assertThat(Checks.namespace("namespace", namespace)).isSameAs(namespace);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "a b", "ä", "a%2F", "a\n", "\uD83D\uDE80"})
    void anythingElseIsRefused(String namespace) {
        assertRefused(() -> Checks.namespace("namespace", namespace), "namespace is ", "use 1 to 4 segments");
    }

    @Test
    void fiveSegmentsAreTooMany() {
        assertRefused(() -> Checks.namespace("namespace", "a/b/c/d/e"), "namespace is ", "at most 4 segments");
        assertRefused(() -> Checks.namespace("namespace", null), "namespace is null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"modules", "modules/a", "a/modules", "a/modules/b"})
    void theWordThatSeparatesModulesIsReserved(String namespace) {
        assertRefused(() -> Checks.namespace("namespace", namespace), "namespace is ", "'modules' is reserved");
    }

    @Test
    void moduleNamesAreOnePlainSegment() {
        assertThat(Checks.moduleName("module", "orders-2.x_Y")).isEqualTo("orders-2.x_Y");
        assertThat(Checks.moduleName("module", "m".repeat(64))).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "ä", " a", "a\n"})
    void otherModuleNamesAreRefused(String name) {
        assertRefused(() -> Checks.moduleName("module", name), "module is ", "use 1 to 64 characters");
    }

    @Test
    void longOrMissingModuleNamesAreRefused() {
        assertRefused(() -> Checks.moduleName("module", "m".repeat(65)), "module is ", "use 1 to 64 characters");
        assertRefused(() -> Checks.moduleName("module", null), "module is null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/locks",
                "a/latches",
                "a/barriers",
                "a/counters",
                "a/jobs",
                "a/fences",
                "a/sessions",
                "a/services",
                "a/overrides",
                "a/config",
                "a/config-history",
                "a/ids/b"
            })
    void aNamespaceInsideTheKeysOfAnotherOneIsRefused(String namespace) {
        assertRefused(() -> Checks.namespace("namespace", namespace), "namespace is ", "is reserved, use another word");
    }

    @ParameterizedTest
    @ValueSource(strings = {"locks", "config/a", "services/eu"})
    void wordsOfTheLayoutMayComeFirst(String namespace) {
        assertThat(Checks.namespace("namespace", namespace)).isEqualTo(namespace);
    }
}

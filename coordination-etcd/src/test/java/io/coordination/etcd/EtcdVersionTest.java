package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EtcdVersionTest {

    private static EtcdVersion version(String text) {
        return EtcdVersion.parse(text).orElseThrow();
    }

    @Test
    void versionsAreComparedNumberByNumber() {
        assertThat(version("3.4.9")).isLessThan(version("3.4.10")).isLessThan(version("3.10.0"));
        assertThat(version("3.5.0-rc.1"))
                .isEqualByComparingTo(new EtcdVersion(3, 5, 0))
                .hasToString("3.5.0");
        assertThat(version("4.0.0").atLeast(3, 9, 9)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3.5", "three", "3.5.x", "99999999999.1.1"})
    void anythingElseIsNoVersion(String text) {
        assertThat(EtcdVersion.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "3.3.27, false",
        "3.4.37, false",
        "3.4.38, true",
        "3.5.22, false",
        "3.5.23, true",
        "3.6.4, false",
        "3.6.5, true",
        "3.7.0, true",
        "4.0.0, true"
    })
    void belowTheFloorAServerIsNotSafe(String text, boolean safe) {
        assertThat(version(text).isSafe()).isEqualTo(safe);
    }

    @ParameterizedTest
    @CsvSource({"3.4.24, false", "3.4.25, true", "3.5.7, false", "3.5.8, true", "3.6.0, true", "3.3.99, false"})
    void progressCanBeAskedForFromAVersionOn(String text, boolean can) {
        assertThat(version(text).hasProgressRequests()).isEqualTo(can);
    }

    @ParameterizedTest
    @CsvSource({"3.3.27, false", "3.4.0, true", "3.5.0, true"})
    void versionsBeforeThreeFourAreNotSupported(String text, boolean supported) {
        assertThat(version(text).isSupported()).isEqualTo(supported);
    }
}

package io.coordination.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"3.4.38", "3.5.23", "3.5.30", "3.6.5", "3.7.0-rc.1"})
    void serversFromTheFloorOnAreHeldToEverything(String version) {
        assertThat(ServerRules.of(version)).isEqualTo(new ServerRules(true, true, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4.23", "3.4.37", "3.5.22", "3.6.4"})
    void serversBelowAreNot(String version) {
        ServerRules rules = ServerRules.of(version);
        assertThat(rules.leasesAreTrusted()).isFalse();
        assertThat(rules.watchesAreTrusted()).isFalse();
        assertThat(rules.compactionDistance()).isPositive();
    }
}

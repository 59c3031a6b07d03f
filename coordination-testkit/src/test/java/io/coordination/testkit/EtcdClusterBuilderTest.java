package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EtcdClusterBuilderTest {

    private final EtcdClusterBuilder builder = EtcdCluster.builder();

    @Test
    void theDefaultIsOnePlainMemberOf35() {
        assertThat(builder.settings()).isEqualTo(ClusterSettings.DEFAULT);
        assertThat(builder.settings().scheme()).isEqualTo("http");
    }

    @Test
    void encryptedClustersHaveHttpsAddresses() {
        assertThat(builder.tls().settings().scheme()).isEqualTo("https");
        assertThat(builder.mutualTls().settings().scheme()).isEqualTo("https");
    }

    @Test
    void tokenTtlAndArgumentsAddUp() {
        builder.tokenTtl(Duration.ofSeconds(3)).arguments("--quota-backend-bytes=1000000");

        assertThat(builder.settings().extraArguments())
                .containsExactly("--auth-token", "simple", "--auth-token-ttl", "3", "--quota-backend-bytes=1000000");
    }

    @Test
    void theRootUserKeepsTheGivenPassword() {
        assertThat(builder.auth("root", "own").settings().credentials())
                .hasValueSatisfying(known -> assertThat(known.rootPassword()).isEqualTo("own"));
        assertThat(builder.auth("app", "own").settings().credentials())
                .hasValueSatisfying(known -> assertThat(known.rootPassword()).isNotEqualTo("own"));
    }

    @Test
    void badSettingsAreRefusedWithTheirValue() {
        assertThatThrownBy(() -> EtcdCluster.builder().members(2).build()).hasMessageContaining("but is 2");
        assertThatThrownBy(() -> EtcdCluster.builder().version("latest").build())
                .hasMessageContaining("latest");
        assertThatThrownBy(() -> builder.tokenTtl(Duration.ofMillis(999))).hasMessageContaining("PT0.999S");
        assertThatThrownBy(() -> builder.timing(Duration.ofMillis(100), Duration.ofMillis(499)))
                .hasMessageContaining("PT0.499S");
        assertThatThrownBy(() -> builder.auth("a:b", "secret"))
                .hasMessageContaining("a:b")
                .hasMessageNotContaining("secret");
    }
}

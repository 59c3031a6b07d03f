package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class EtcdSecurityIT {

    /** Some versions of etcdctl try again until their time is over instead of telling what is wrong. */
    private static final String IMPATIENT = "--command-timeout=1s";

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void withTlsOnlyClientsThatTrustTheAuthorityGetThrough(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder().version(version).tls().start()) {
            assertThat(cluster.clientUri(0)).hasScheme("https");
            cluster.etcdctl("put", "key", "value");

            assertThatThrownBy(
                            () -> cluster.etcdctl("get", "key", IMPATIENT, "--cacert=" + path(cluster, "wrong-ca.pem")))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void withMutualTlsAClientNeedsACertificate(String version) {
        try (EtcdCluster cluster =
                EtcdCluster.builder().version(version).mutualTls().start()) {
            cluster.etcdctl("put", "key", "value");

            assertThatThrownBy(() -> cluster.etcdctl("get", "key", IMPATIENT, "--cert=", "--key="))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> cluster.etcdctl(
                            "get",
                            "key",
                            IMPATIENT,
                            "--cert=" + path(cluster, "wrong-client.pem"),
                            "--key=" + path(cluster, "wrong-client-key.pem")))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void withAuthenticationTheUserReadsAndWritesAndStrangersDoNot(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder()
                .version(version)
                .auth("app", "open sesame")
                .tokenTtl(Duration.ofSeconds(2))
                .start()) {
            cluster.etcdctl("put", "/a/key", "value", "--user=app:open sesame");

            assertThat(cluster.etcdctl("get", "/a/key", "--print-value-only", "--user=app:open sesame"))
                    .isEqualTo("value\n");
            assertThatThrownBy(() -> cluster.etcdctl("get", "/a/key", "--user=app:wrong"))
                    .hasMessageContaining("authentication failed")
                    .hasMessageNotContaining("wrong");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void authenticationIsStillOnAfterARestart(String version) {
        try (EtcdCluster cluster =
                EtcdCluster.builder().version(version).auth("root", "secret").start()) {
            cluster.etcdctl("put", "key", "value");

            cluster.restartAll();

            assertThat(cluster.etcdctl("get", "key", "--print-value-only")).isEqualTo("value\n");
            assertThatThrownBy(() -> cluster.etcdctl("get", "key", "--user=root:guess"))
                    .hasMessageContaining("authentication failed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void threeMembersServeWithMutualTlsAndAuthentication(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder()
                .version(version)
                .members(3)
                .mutualTls()
                .auth("app", "password")
                .start()) {
            cluster.etcdctl("put", "key", "value", "--user=app:password");

            assertThat(cluster.etcdctl("get", "key", "--print-value-only")).isEqualTo("value\n");
        }
    }

    /** As etcdctl sees it. */
    private static String path(EtcdCluster cluster, String file) {
        return cluster.certificatePath(certificates -> certificates.authority().resolveSibling(file));
    }
}

package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberArgumentsTest {

    @TempDir
    private Path directory;

    @Test
    void everyMemberKnowsAllPeers() {
        List<String> third = arguments("3.5.30", EtcdCluster.builder().members(3), 2);

        String peers = third.stream()
                .filter(argument -> argument.startsWith("--initial-cluster="))
                .findFirst()
                .orElseThrow();
        assertThat(peers).contains("etcd0=http://127.0.0.1:", "etcd1=http://127.0.0.1:", "etcd2=http://127.0.0.1:");
        assertThat(third).contains("--name=etcd2", "--unsafe-no-fsync").doesNotContain("--client-cert-auth");
    }

    @Test
    void oldServersAreNotGivenAFlagTheyDoNotKnow() {
        assertThat(arguments("3.4.9", EtcdCluster.builder(), 0)).doesNotContain("--unsafe-no-fsync");
    }

    @Test
    void clientsNeedACertificateOnlyWithMutualTls() {
        assertThat(arguments("3.5.30", EtcdCluster.builder().tls(), 0))
                .anyMatch(argument -> argument.startsWith("--cert-file="))
                .doesNotContain("--client-cert-auth");
        assertThat(arguments("3.5.30", EtcdCluster.builder().mutualTls(), 0))
                .contains("--client-cert-auth")
                .anyMatch(argument -> argument.startsWith("--trusted-ca-file="));
    }

    @Test
    void argumentsOfTheUserComeLast() {
        assertThat(arguments("3.5.30", EtcdCluster.builder().arguments("--max-txn-ops=512"), 0))
                .last()
                .isEqualTo("--max-txn-ops=512");
    }

    private List<String> arguments(String version, EtcdClusterBuilder builder, int member) {
        ClusterSettings settings = builder.settings();
        Optional<TestCertificates> certificates =
                settings.scheme().equals("http") ? Optional.empty() : Optional.of(TestCertificates.create(directory));
        EtcdBinary binary = new EtcdBinary(Path.of("etcd"), Path.of("etcdctl"), version);
        try (ProcessRuntime runtime = new ProcessRuntime(binary, directory)) {
            var addresses = runtime.assign(settings.members(), settings.scheme());
            return new MemberArguments(settings, runtime, certificates, addresses).of(addresses.get(member));
        }
    }
}

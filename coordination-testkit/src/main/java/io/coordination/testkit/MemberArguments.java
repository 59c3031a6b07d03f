package io.coordination.testkit;

import io.coordination.testkit.ClusterSettings.Transport;
import io.coordination.testkit.EtcdRuntime.Addresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The command lines of the members of one cluster. */
final class MemberArguments {

    private final ClusterSettings settings;
    private final EtcdRuntime runtime;
    private final Optional<TestCertificates> certificates;
    private final String clusterToken = UUID.randomUUID().toString();
    private final String initialCluster;

    MemberArguments(
            ClusterSettings settings,
            EtcdRuntime runtime,
            Optional<TestCertificates> certificates,
            List<Addresses> members) {
        this.settings = settings;
        this.runtime = runtime;
        this.certificates = certificates;
        this.initialCluster = members.stream()
                .map(member -> member.name() + "=" + member.peer().advertise())
                .collect(Collectors.joining(","));
    }

    List<String> of(Addresses member) {
        List<String> arguments = new ArrayList<>(List.of(
                "--name=" + member.name(),
                "--data-dir=" + member.dataDirectory(),
                "--listen-client-urls=" + member.listen().client(),
                "--advertise-client-urls=" + member.client(),
                "--listen-peer-urls=" + member.peer().listen(),
                "--initial-advertise-peer-urls=" + member.peer().advertise(),
                "--listen-metrics-urls=" + member.listen().metrics(),
                "--initial-cluster=" + initialCluster,
                "--initial-cluster-token=" + clusterToken,
                "--initial-cluster-state=new",
                "--heartbeat-interval=" + settings.timing().heartbeat().toMillis(),
                "--election-timeout=" + settings.timing().election().toMillis(),
                "--logger=zap"));
        if (runtime.canSkipFsync()) {
            arguments.add("--unsafe-no-fsync");
        }
        certificates.ifPresent(files -> addCertificates(arguments, files));
        arguments.addAll(settings.extraArguments());
        return arguments;
    }

    private void addCertificates(List<String> arguments, TestCertificates files) {
        arguments.add("--cert-file=" + runtime.visiblePath(files.server()));
        arguments.add("--key-file=" + runtime.visiblePath(files.serverKey()));
        if (settings.transport() == Transport.MUTUAL_TLS) {
            arguments.add("--client-cert-auth");
            arguments.add("--trusted-ca-file=" + runtime.visiblePath(files.authority()));
        }
    }
}

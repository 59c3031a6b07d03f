package io.coordination.testkit;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.Network;

/**
 * Members as containers on a network of their own. Clients reach them through ports of 127.0.0.1 that stay the same over
 * restarts; members reach each other by name.
 */
final class ContainerRuntime implements EtcdRuntime {

    static final String CERTIFICATES = "/certificates";
    static final int CLIENT_PORT = 2379;
    static final int METRICS_PORT = 2381;
    private static final int PEER_PORT = 2380;
    private static final int PORTS_PER_MEMBER = 2;

    private final String image;
    private final Path directory;
    private final Network network;
    private final List<ContainerInstance> instances = new ArrayList<>();

    private ContainerRuntime(String image, Path directory, Network network) {
        this.image = image;
        this.directory = directory;
        this.network = network;
        ExitCleanup.add(this);
    }

    static ContainerRuntime create(String versionLine, Path directory) {
        return new ContainerRuntime(ContainerImages.choose(versionLine), directory, Network.newNetwork());
    }

    @Override
    public String version() {
        String output = exec(List.of("etcd", "--version")).getStdout();
        return EtcdBinary.versionIn(output)
                .orElseThrow(() -> new IllegalStateException("The image " + image + " holds no etcd: " + output));
    }

    @Override
    public boolean canSkipFsync() {
        return true;
    }

    @Override
    public List<Addresses> assign(int members, String scheme) {
        List<Integer> ports = FreePorts.find(members * PORTS_PER_MEMBER);
        List<Addresses> all = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            String name = "etcd" + i;
            all.add(new Addresses(
                    name,
                    URI.create(scheme + "://127.0.0.1:" + ports.get(PORTS_PER_MEMBER * i)),
                    URI.create("http://127.0.0.1:" + ports.get(PORTS_PER_MEMBER * i + 1)),
                    scheme + "://" + name + ":" + CLIENT_PORT,
                    "/etcd-data",
                    new PeerAddress("http://0.0.0.0:" + PEER_PORT, "http://" + name + ":" + PEER_PORT),
                    new ListenAddress(scheme + "://0.0.0.0:" + CLIENT_PORT, "http://0.0.0.0:" + METRICS_PORT)));
        }
        return all;
    }

    @Override
    public String visiblePath(Path certificate) {
        return CERTIFICATES + "/" + certificate.getFileName();
    }

    @Override
    public EtcdInstance prepare(Addresses addresses, List<String> arguments) {
        ContainerInstance instance = new ContainerInstance(image, network, addresses, arguments, certificates());
        instances.add(instance);
        return instance;
    }

    /** In the first member that can run a command; it reaches the others by name. */
    @Override
    public String etcdctl(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add("etcdctl");
        command.addAll(arguments);
        ExecResult result = exec(command);
        if (result.getExitCode() != 0) {
            throw new IllegalStateException("etcdctl " + Transcripts.withoutSecrets(arguments) + " failed:\n"
                    + result.getStdout() + result.getStderr());
        }
        return result.getStdout();
    }

    @Override
    public void discardInstances() {
        instances.forEach(ContainerInstance::remove);
        instances.clear();
    }

    @Override
    public void close() {
        ExitCleanup.remove(this);
        discardInstances();
        network.close();
    }

    private ExecResult exec(List<String> command) {
        return instances.stream()
                .filter(instance -> instance.isRunning() && !instance.isPaused())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("No member runs that could execute " + command.get(0) + "."))
                .exec(command);
    }

    private Optional<Path> certificates() {
        Path made = directory.resolve("certificates");
        return Files.isDirectory(made) ? Optional.of(made) : Optional.empty();
    }
}

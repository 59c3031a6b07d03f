package io.coordination.testkit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.PortBinding;
import io.coordination.testkit.EtcdRuntime.Addresses;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A member as a container. Testcontainers makes and removes it; between the two the Docker API stops and starts it. */
final class ContainerInstance implements EtcdInstance {

    private static final int TERMINATION_SECONDS = 20;
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final DockerClient docker = DockerClientFactory.lazyClient();
    private final GenericContainer<?> container;
    private boolean created;
    private boolean paused;

    ContainerInstance(
            String image, Network network, Addresses addresses, List<String> arguments, Optional<Path> certificates) {
        this.container = new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network)
                .withNetworkAliases(addresses.name())
                .withExposedPorts(ContainerRuntime.CLIENT_PORT, ContainerRuntime.METRICS_PORT)
                .withCommand(arguments.toArray(String[]::new))
                .withCreateContainerCmdModifier(command -> configure(command, addresses))
                .waitingFor(new NoWait());
        certificates.ifPresent(directory ->
                container.withCopyFileToContainer(MountableFile.forHostPath(directory), ContainerRuntime.CERTIFICATES));
    }

    /** Fixed ports: the address of a member must survive its restart. */
    private static void configure(CreateContainerCmd command, Addresses addresses) {
        command.withEntrypoint("etcd");
        Objects.requireNonNull(command.getHostConfig(), "host configuration")
                .withPortBindings(
                        binding(addresses.client().getPort(), ContainerRuntime.CLIENT_PORT),
                        binding(addresses.metrics().getPort(), ContainerRuntime.METRICS_PORT));
    }

    private static PortBinding binding(int hostPort, int containerPort) {
        return PortBinding.parse("127.0.0.1:" + hostPort + ":" + containerPort);
    }

    @Override
    public void start() {
        if (created) {
            docker.startContainerCmd(container.getContainerId()).exec();
        } else {
            created = true;
            container.start();
        }
        paused = false;
    }

    @Override
    public boolean isRunning() {
        return created
                && Boolean.TRUE.equals(docker.inspectContainerCmd(container.getContainerId())
                        .exec()
                        .getState()
                        .getRunning());
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public void terminate() {
        if (isRunning()) {
            try {
                docker.stopContainerCmd(container.getContainerId())
                        .withTimeout(TERMINATION_SECONDS)
                        .exec();
            } catch (NotModifiedException e) {
                awaitEnd();
            }
        }
    }

    @Override
    public void kill() {
        if (isRunning()) {
            docker.killContainerCmd(container.getContainerId()).exec();
            awaitEnd();
        }
        paused = false;
    }

    @Override
    public void pause() {
        docker.pauseContainerCmd(container.getContainerId()).exec();
        paused = true;
    }

    @Override
    public void resume() {
        docker.unpauseContainerCmd(container.getContainerId()).exec();
        paused = false;
    }

    @Override
    public String logTail() {
        return Transcripts.tail(container.getLogs().lines().toList());
    }

    ExecResult exec(List<String> command) {
        try {
            return container.execInContainer(command.toArray(String[]::new));
        } catch (IOException e) {
            throw new IllegalStateException("Cannot run " + command.get(0) + " in a container.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + command.get(0) + " was running.", e);
        }
    }

    void remove() {
        container.stop();
    }

    private void awaitEnd() {
        if (!Polling.until(END_LIMIT, () -> !isRunning())) {
            throw new IllegalStateException("The container of an etcd member did not end.");
        }
    }

    /** The cluster waits for the health of all members together. */
    private static final class NoWait extends AbstractWaitStrategy {
        @Override
        protected void waitUntilReady() {
            // a member of three is not ready before the others run
        }
    }
}

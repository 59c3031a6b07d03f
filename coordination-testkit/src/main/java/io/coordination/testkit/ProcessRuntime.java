package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Members as processes of this machine, everything on 127.0.0.1. */
final class ProcessRuntime implements EtcdRuntime {

    private static final int PORTS_PER_MEMBER = 3;
    private static final long COMMAND_LIMIT_SECONDS = 60;

    private final EtcdBinary binary;
    private final Path directory;
    private final List<ProcessInstance> instances = new ArrayList<>();
    private final AtomicInteger assignments = new AtomicInteger();

    ProcessRuntime(EtcdBinary binary, Path directory) {
        this.binary = binary;
        this.directory = directory;
        ExitCleanup.add(this);
    }

    @Override
    public String version() {
        return binary.version();
    }

    @Override
    public boolean canSkipFsync() {
        return binary.canSkipFsync();
    }

    @Override
    public List<Addresses> assign(int members, String scheme) {
        List<Integer> ports = FreePorts.find(members * PORTS_PER_MEMBER);
        int assignment = assignments.incrementAndGet();
        List<Addresses> all = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            String client = scheme + "://127.0.0.1:" + ports.get(PORTS_PER_MEMBER * i);
            String peer = "http://127.0.0.1:" + ports.get(PORTS_PER_MEMBER * i + 1);
            String metrics = "http://127.0.0.1:" + ports.get(PORTS_PER_MEMBER * i + 2);
            all.add(new Addresses(
                    "etcd" + i,
                    URI.create(client),
                    URI.create(metrics),
                    client,
                    directory.resolve("etcd" + i + "-" + assignment).toString(),
                    new PeerAddress(peer, peer),
                    new ListenAddress(client, metrics)));
        }
        return all;
    }

    @Override
    public String visiblePath(Path certificate) {
        return certificate.toString();
    }

    @Override
    public EtcdInstance prepare(Addresses addresses, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(binary.server().toString());
        command.addAll(arguments);
        ProcessInstance instance = new ProcessInstance(command, Path.of(addresses.dataDirectory() + ".log"));
        instances.add(instance);
        return instance;
    }

    @Override
    public String etcdctl(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(binary.client().toString());
        command.addAll(arguments);
        Path output = directory.resolve("etcdctl.out");
        Path errors = directory.resolve("etcdctl.err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
            ProcessInstance.hideEtcdVariables(builder);
            builder.environment().put("ETCDCTL_API", "3");
            finish(builder.start(), arguments, output, errors);
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + binary.client(), e);
        }
    }

    private static void finish(Process process, List<String> arguments, Path output, Path errors) throws IOException {
        try {
            boolean ended = process.waitFor(COMMAND_LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(
                        "etcdctl " + Transcripts.withoutSecrets(arguments) + " " + (ended ? "failed" : "did not end")
                                + ":\n" + Files.readString(output) + Files.readString(errors));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while etcdctl was running.", e);
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public void discardInstances() {
        instances.forEach(ProcessInstance::kill);
        instances.clear();
    }

    @Override
    public void close() {
        ExitCleanup.remove(this);
        discardInstances();
    }
}

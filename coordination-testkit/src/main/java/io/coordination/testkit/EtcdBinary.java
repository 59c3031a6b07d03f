package io.coordination.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * An etcd server that this machine can run, with its client.
 *
 * @param version such as {@code 3.5.30}
 */
record EtcdBinary(Path server, Path client, String version) {

    private static final Map<Path, String> VERSIONS = new ConcurrentHashMap<>();
    private static final String VERSION_PREFIX = "etcd Version:";

    /** The binary of a version line, see {@link EtcdCluster} for where it is looked for. */
    static EtcdBinary find(String line) {
        return find(line, System::getProperty, System::getenv, Path.of("").toAbsolutePath());
    }

    static EtcdBinary find(
            String line, UnaryOperator<String> properties, UnaryOperator<String> environment, Path workingDirectory) {
        String property = "etcd.binary." + line;
        String variable = "ETCD_BINARY_" + line.replace('.', '_');
        Optional<String> named = Optional.ofNullable(properties.apply(property))
                .or(() -> Optional.ofNullable(environment.apply(variable)));
        if (named.isPresent()) {
            return accept(line, Path.of(named.get()), environment)
                    .orElseThrow(() -> new IllegalStateException(named.get() + " is not an etcd " + line
                            + " with etcdctl beside it: correct the system property " + property
                            + " or the environment variable " + variable + "."));
        }
        return Stream.of(general(environment), inCheckout(line, workingDirectory), onPath("etcd", environment))
                .flatMap(Optional::stream)
                .flatMap(server -> accept(line, server, environment).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No etcd " + line
                        + " was found: run scripts/etcd fetch or "
                        + "./verify in the checkout, or set the system property " + property
                        + " or the environment variable " + variable + " to an etcd binary with etcdctl beside it."));
    }

    /** The version in what {@code etcd --version} prints. */
    static Optional<String> versionIn(String output) {
        return output.lines()
                .filter(text -> text.startsWith(VERSION_PREFIX))
                .map(text -> text.substring(VERSION_PREFIX.length()).strip())
                .findFirst();
    }

    /** True when the server knows {@code --unsafe-no-fsync}, which came with 3.4.10. */
    boolean canSkipFsync() {
        String[] parts = version.split("[.-]", -1);
        int minor = Integer.parseInt(parts[1]);
        return minor > 4 || (minor == 4 && Integer.parseInt(parts[2]) >= 10);
    }

    private static Optional<EtcdBinary> accept(String line, Path server, UnaryOperator<String> environment) {
        String version = VERSIONS.computeIfAbsent(server, EtcdBinary::askVersion);
        if (!version.startsWith(line + ".")) {
            return Optional.empty();
        }
        Path beside = server.resolveSibling("etcdctl");
        return (Files.isExecutable(beside) ? Optional.of(beside) : onPath("etcdctl", environment))
                .map(client -> new EtcdBinary(server, client, version));
    }

    private static Optional<Path> general(UnaryOperator<String> environment) {
        return Optional.ofNullable(environment.apply("ETCD_BINARY")).map(Path::of);
    }

    private static Optional<Path> inCheckout(String line, Path workingDirectory) {
        return Stream.<Path>iterate(workingDirectory, Objects::nonNull, Path::getParent)
                .map(directory -> directory.resolve(".etcd").resolve(line).resolve("etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> onPath(String name, UnaryOperator<String> environment) {
        return Optional.ofNullable(environment.apply("PATH")).stream()
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Empty when the file cannot be run here. */
    private static String askVersion(Path server) {
        if (!Files.isExecutable(server)) {
            return "";
        }
        try {
            Process process = new ProcessBuilder(server.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return versionIn(output).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + server, e);
        }
    }
}

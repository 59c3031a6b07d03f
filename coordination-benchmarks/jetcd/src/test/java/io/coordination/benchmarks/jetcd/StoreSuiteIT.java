package io.coordination.benchmarks.jetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.testkit.EtcdExtension;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs the suite as {@code ./bench} does, in small: what comes out are no figures, but all of them come out. */
class StoreSuiteIT {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.5");

    private static final Path ROOT = Path.of("..", "..");

    @Test
    void everyFigureOfTheSuiteIsPrinted(@TempDir Path outputs) throws IOException, InterruptedException {
        List<String> lines = bench(outputs, "store", "etcd=" + etcd.endpoints().get(0), ROOT.toString(), "--quick");

        assertThat(lines)
                .allMatch(line -> line.matches("[a-z0-9.-]+ -?[0-9.]+( \\S+)?"), "name value unit, or name ratio");
        assertThat(lines.stream().map(line -> line.split(" ", -1)[0]))
                .contains(
                        "store.get.linearizable.p50",
                        "store.get.linearizable.jetcd.p99",
                        "store.get.linearizable.vs-jetcd",
                        "store.get.serializable.vs-jetcd",
                        "store.put.vs-jetcd",
                        "store.txn.vs-jetcd",
                        "store.get.inflight64.vs-jetcd",
                        "store.put.inflight256",
                        "store.txn.inflight64.vs-jetcd",
                        "store.txn.inflight64.jetcd.cpu",
                        "store.watch.fanout5.p99",
                        "store.watch.fanout5.vs-jetcd",
                        "store.mirror.load200",
                        "store.mirror.load2500.vs-jetcd",
                        "store.mirror.read",
                        "store.renewal.keys50.renewals",
                        "store.renewal.keys10.jetcd.renewals");
        assertThat(lines).contains("store.renewal.keys50.leases 1.00 leases");
        assertThat(lines).contains("store.renewal.keys10.jetcd.leases 10.0 leases");
    }

    @Test
    void aFailureIsToldWithItsSentence(@TempDir Path outputs) {
        assertThatThrownBy(() -> bench(outputs, "lock-less", "etcd=http://127.0.0.1:1", ROOT.toString()))
                .hasMessageContaining("there is no suite 'lock-less', only [store, lock]");
    }

    @Test
    void neitherPeerSeesTheOther() {
        assertThat(librariesOf(ROOT.resolve("coordination-benchmarks")))
                .anyMatch(jar -> jar.startsWith("coordination-etcd-"))
                .noneMatch(jar -> jar.startsWith("jetcd-core-") || jar.startsWith("netty-"));
        assertThat(librariesOf(ROOT.resolve("coordination-benchmarks/jetcd")))
                .anyMatch(jar -> jar.startsWith("jetcd-core-"))
                .noneMatch(jar -> jar.startsWith("coordination-etcd-") || jar.startsWith("grpc-netty-shaded-"));
    }

    private static List<String> bench(Path outputs, String... arguments) throws IOException, InterruptedException {
        Path printed = outputs.resolve("printed");
        Path errors = outputs.resolve("errors");
        Path target = ROOT.resolve("coordination-benchmarks").resolve("target");
        Process process = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-cp",
                                        target.resolve("classes") + File.pathSeparator + target.resolve("lib")
                                                + File.separator + "*",
                                        "io.coordination.benchmarks.Bench"),
                                Stream.of(arguments))
                        .toList())
                .redirectOutput(printed.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends").isTrue();
            assertThat(process.exitValue())
                    .as(() -> read(errors) + read(printed))
                    .isZero();
            return Files.readAllLines(printed, StandardCharsets.UTF_8);
        } finally {
            process.destroy();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<String> librariesOf(Path module) {
        String[] names = module.resolve("target").resolve("lib").toFile().list();
        assertThat(names).as("libraries of " + module).isNotNull();
        return List.of(names);
    }
}

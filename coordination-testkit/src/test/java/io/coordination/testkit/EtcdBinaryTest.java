package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdBinaryTest {

    @TempDir
    private Path directory;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();

    @Test
    void aCheckoutAboveTheWorkingDirectoryIsFound() throws IOException {
        Path server = install(".etcd/3.5", "3.5.30");

        EtcdBinary found = find("3.5", "module/target");

        assertThat(found).isEqualTo(new EtcdBinary(server, server.resolveSibling("etcdctl"), "3.5.30"));
    }

    @Test
    void theSystemPropertyOfTheVersionComesFirst() throws IOException {
        install(".etcd/3.4", "3.4.23");
        Path named = install("elsewhere", "3.4.31");
        properties.put("etcd.binary.3.4", named.toString());
        environment.put("ETCD_BINARY_3_4", "/not/this");

        assertThat(find("3.4", "work").server()).isEqualTo(named);
    }

    @Test
    void theGeneralVariableServesOnlyItsOwnVersion() throws IOException {
        Path general = install("general", "3.5.1");
        Path local = install(".etcd/3.4", "3.4.23");
        environment.put("ETCD_BINARY", general.toString());

        assertThat(find("3.5", "work").server()).isEqualTo(general);
        assertThat(find("3.4", "work").server()).isEqualTo(local);
    }

    @Test
    void thePathIsTheLastResort() throws IOException {
        Path server = install("bin", "3.5.2");
        environment.put("PATH", "/nowhere:" + server.getParent());

        assertThat(find("3.5", "work").server()).isEqualTo(server);
    }

    @Test
    void aNamedBinaryOfAnotherVersionIsAnError() throws IOException {
        environment.put("ETCD_BINARY_3_5", install("old", "3.4.23").toString());

        assertThatThrownBy(() -> find("3.5", "work"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not an etcd 3.5")
                .hasMessageContaining("ETCD_BINARY_3_5");
    }

    @Test
    void aServerWithoutClientIsNotEnough() throws IOException {
        Files.delete(install(".etcd/3.5", "3.5.30").resolveSibling("etcdctl"));

        assertThatThrownBy(() -> find("3.5", "work")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theErrorTellsHowToGetOne() {
        assertThatThrownBy(() -> find("3.5", "work"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("scripts/etcd fetch")
                .hasMessageContaining("./verify")
                .hasMessageContaining("etcd.binary.3.5");
    }

    @Test
    void fsyncCanBeSkippedSinceThePatchThatBroughtTheFlag() {
        assertThat(version("3.4.9").canSkipFsync()).isFalse();
        assertThat(version("3.4.10").canSkipFsync()).isTrue();
        assertThat(version("3.3.27").canSkipFsync()).isFalse();
        assertThat(version("3.5.0-rc.1").canSkipFsync()).isTrue();
    }

    private EtcdBinary find(String line, String workingDirectory) {
        return EtcdBinary.find(line, properties::get, environment::get, directory.resolve(workingDirectory));
    }

    private static EtcdBinary version(String version) {
        return new EtcdBinary(Path.of("etcd"), Path.of("etcdctl"), version);
    }

    /** Programs that only know their version. */
    private Path install(String folder, String version) throws IOException {
        Path home = Files.createDirectories(directory.resolve(folder));
        for (String name : new String[] {"etcd", "etcdctl"}) {
            Path program = home.resolve(name);
            Files.writeString(program, "#!/bin/sh\necho 'etcd Version: " + version + "'\necho 'Go OS/Arch: any'\n");
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        return home.resolve("etcd");
    }
}

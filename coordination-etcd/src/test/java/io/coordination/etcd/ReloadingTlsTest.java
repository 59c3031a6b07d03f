package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.Instrumentation;
import io.coordination.TlsOptions;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.TestCertificates;
import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReloadingTlsTest {

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private final AtomicInteger reloads = new AtomicInteger();
    private TestCertificates files;
    private Path certificate;
    private Path key;
    private ReloadingTls tls;

    @BeforeEach
    void load() throws IOException {
        files = TestCertificates.create(directory.resolve("made"));
        certificate = directory.resolve("client.pem");
        key = directory.resolve("client-key.pem");
        install(files.client(), files.clientKey());
        Instrumentation.Connections heard = new Instrumentation.Connections() {
            @Override
            public void certificatesReloaded() {
                reloads.incrementAndGet();
            }
        };
        tls = new ReloadingTls(
                TlsOptions.builder()
                        .trustCertificates(files.authority())
                        .clientCertificate(certificate, key)
                        .build(),
                time,
                heard);
    }

    /** As a careful administrator does it: each file appears at once. */
    private void install(Path newCertificate, Path newKey) throws IOException {
        replace(newCertificate, certificate);
        replace(newKey, key);
    }

    private void replace(Path from, Path to) throws IOException {
        Path copy = Files.createTempFile(directory, "new", ".pem");
        Files.copy(from, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void newConnection() {
        assertThat(tls.newEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 1))
                .isNotNull();
    }

    @Test
    void changedFilesAreReadForTheNextConnectionOnce() throws IOException {
        time.advance(ReloadingTls.LEAST_PAUSE);
        newConnection();
        assertThat(reloads).hasValue(0);

        install(files.wrongClient(), files.wrongClientKey());
        time.advance(ReloadingTls.LEAST_PAUSE);
        newConnection();
        assertThat(reloads).hasValue(1);

        time.advance(Duration.ofMinutes(1));
        newConnection();
        assertThat(reloads).hasValue(1);
    }

    @Test
    void filesAreLookedAtOnceASecond() throws IOException {
        install(files.wrongClient(), files.wrongClientKey());

        time.advance(ReloadingTls.LEAST_PAUSE.minusNanos(1));
        newConnection();
        assertThat(reloads).hasValue(0);
        time.advance(Duration.ofNanos(1));
        newConnection();

        assertThat(reloads).hasValue(1);
    }

    @Test
    void aBrokenFileLeavesTheFormerMaterialInPlaceUntilItChangesAgain() throws IOException {
        Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nhalf a");
        time.advance(ReloadingTls.LEAST_PAUSE);
        newConnection();
        time.advance(ReloadingTls.LEAST_PAUSE);
        newConnection();
        assertThat(reloads).hasValue(0);

        install(files.client(), files.clientKey());
        time.advance(ReloadingTls.LEAST_PAUSE);
        newConnection();

        assertThat(reloads).hasValue(1);
    }

    @Test
    void aFileThatIsMissingForAMomentDoesNoHarm() throws IOException {
        Files.delete(key);
        time.advance(ReloadingTls.LEAST_PAUSE);
        newConnection();
        replace(files.clientKey(), key);
        time.advance(ReloadingTls.LEAST_PAUSE);
        newConnection();

        assertThat(reloads).hasValue(1);
    }

    @Test
    void brokenFilesAtTheBeginningAreToldToTheCaller() {
        TlsOptions broken = TlsOptions.builder()
                .trustCertificates(directory.resolve("nothing.pem"))
                .build();

        assertThatThrownBy(() -> new ReloadingTls(broken, time, Instrumentation.Connections.NONE))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("tls.trustCertificates");
    }
}

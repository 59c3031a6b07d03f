package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.TlsOptions;
import io.coordination.store.StoreProvider;
import io.coordination.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EtcdStoreProviderTest {

    @TempDir
    private Path directory;

    private static void assertRefused(TlsOptions tls, String... words) {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("https://127.0.0.1:1")
                .tls(tls)
                .build();
        assertThatThrownBy(() -> new EtcdStoreProvider().open(options, new ManualTime()))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContainingAll(words)
                .satisfies(failure ->
                        assertThat(((CoordinationException) failure).code()).isEqualTo(ErrorCode.VALIDATION_ERROR));
    }

    @Test
    void isFoundByTheServiceLoaderForHttpAndHttps() {
        assertThat(ServiceLoader.load(StoreProvider.class))
                .filteredOn(provider -> provider instanceof EtcdStoreProvider)
                .singleElement()
                .satisfies(provider -> assertThat(provider.schemes()).containsExactlyInAnyOrder("http", "https"));
    }

    @Test
    void aMissingTlsFileIsNamedWithItsOption() {
        Path missing = directory.resolve("missing.pem");

        assertRefused(
                TlsOptions.builder().trustCertificates(missing).build(),
                "tls.trustCertificates is '" + missing + "'",
                "does not exist");
        assertRefused(
                TlsOptions.builder().clientCertificate(missing, missing).build(),
                "tls.clientCertificate",
                "missing.pem");
        assertRefused(TlsOptions.builder().trustStore(missing, "x").build(), "tls.trustStore", "missing.pem");
        assertRefused(TlsOptions.builder().keyStore(missing, "x").build(), "tls.keyStore", "missing.pem");
    }

    @Test
    void aFileThatHoldsNoCertificateIsNamedWithItsOption() throws IOException {
        Path nonsense = Files.writeString(directory.resolve("nonsense.pem"), "no certificate");

        assertRefused(
                TlsOptions.builder().trustCertificates(nonsense).build(), "tls.trustCertificates", "nonsense.pem");
        assertRefused(TlsOptions.builder().trustStore(nonsense, "secret").build(), "tls.trustStore", "nonsense.pem");
    }

    @Test
    void anUnknownTypeOfKeyStoreIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("store"), "x");

        assertRefused(TlsOptions.builder().keyStore(file, "x", "NOSUCH").build(), "tls.keyStore", "NOSUCH");
    }
}

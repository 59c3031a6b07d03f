package io.coordination;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TlsOptionsTest {
    private static final Path CA = Path.of("ca.pem");
    private static final Path CHAIN = Path.of("client.pem");
    private static final Path KEY = Path.of("client-key.pem");
    private static final Path STORE = Path.of("store.p12");

    @Test
    void withoutMaterialTheJvmSaysWhatToTrust() {
        TlsOptions options = TlsOptions.jvmTrust();
        assertThat(options.trustCertificates()).isEmpty();
        assertThat(options.trustStore()).isEmpty();
        assertThat(options.certificateChain()).isEmpty();
        assertThat(options.privateKey()).isEmpty();
        assertThat(options.keyStore()).isEmpty();
        assertThat(options.authority()).isEmpty();
    }

    @Test
    void pemFilesAreKept() {
        TlsOptions options = TlsOptions.builder()
                .trustCertificates(CA)
                .clientCertificate(CHAIN, KEY)
                .authority("etcd.internal")
                .build();
        assertThat(options.trustCertificates()).contains(CA);
        assertThat(options.certificateChain()).contains(CHAIN);
        assertThat(options.privateKey()).contains(KEY);
        assertThat(options.authority()).contains("etcd.internal");
    }

    @Test
    void keyStoresHaveATypeOfTheirOwn() {
        TlsOptions options = TlsOptions.builder()
                .trustStore(STORE, "trust")
                .keyStore(STORE, "key", "JKS")
                .build();
        assertThat(options.trustStore()).contains(new TlsOptions.KeyStoreFile(STORE, "trust", "PKCS12"));
        assertThat(options.keyStore()).contains(new TlsOptions.KeyStoreFile(STORE, "key", "JKS"));
    }

    @Test
    void twoSourcesForOnePurposeAreRefused() {
        assertRefused(
                () -> TlsOptions.builder()
                        .trustCertificates(CA)
                        .trustStore(STORE, "secret-1")
                        .build(),
                "trustStore is store.p12 (PKCS12)",
                "trustCertificates");
        assertRefused(
                () -> TlsOptions.builder()
                        .clientCertificate(CHAIN, KEY)
                        .keyStore(STORE, "secret-1")
                        .build(),
                "keyStore is store.p12 (PKCS12)",
                "client certificate");
    }

    @Test
    void nullsAreRefused() {
        TlsOptions.Builder builder = TlsOptions.builder();
        assertRefused(() -> builder.trustCertificates(null), "trustCertificates is null");
        assertRefused(() -> builder.clientCertificate(null, KEY), "certificateChain is null");
        assertRefused(() -> builder.clientCertificate(CHAIN, null), "privateKey is null");
        assertRefused(() -> builder.trustStore(null, "x"), "path is null");
        assertRefused(() -> builder.trustStore(STORE, null), "password is null");
        assertRefused(() -> builder.keyStore(STORE, "x", ""), "type is \"\"");
        assertRefused(() -> builder.authority(" "), "authority is ");
    }

    @Test
    void equalityIsByValueAndTextShowsNoSecret() {
        TlsOptions options = TlsOptions.builder()
                .trustStore(STORE, "secret-1")
                .keyStore(STORE, "secret-2")
                .authority("a")
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.toBuilder().keyStore(STORE, "other").build()).isNotEqualTo(options);
        assertThat(options.toBuilder().trustStore(STORE, "other").build()).isNotEqualTo(options);
        assertThat(options.toBuilder().authority("b").build()).isNotEqualTo(options);
        assertThat(options.toString()).contains("store.p12").doesNotContain("secret");

        TlsOptions pem = TlsOptions.builder()
                .trustCertificates(CA)
                .clientCertificate(CHAIN, KEY)
                .build();
        assertThat(pem.toBuilder().build()).isEqualTo(pem).hasSameHashCodeAs(pem);
        assertThat(pem.toBuilder().trustCertificates(STORE).build()).isNotEqualTo(pem);
        assertThat(pem.toBuilder().clientCertificate(STORE, KEY).build()).isNotEqualTo(pem);
        assertThat(pem.toBuilder().clientCertificate(CHAIN, STORE).build()).isNotEqualTo(pem);
    }
}

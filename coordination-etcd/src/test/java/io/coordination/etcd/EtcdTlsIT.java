package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.TlsOptions;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import io.coordination.testkit.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** TLS with and without client certificates, on members that show real certificates. */
final class EtcdTlsIT extends StoreOnEtcd {

    private static final String PASSWORD = "changeit";

    @RegisterExtension
    static final EtcdExtension tls =
            EtcdExtension.of(EtcdCluster.builder().version("3.5").tls());

    @RegisterExtension
    static final EtcdExtension mutual =
            EtcdExtension.of(EtcdCluster.builder().version("3.4").mutualTls());

    @TempDir
    private Path directory;

    private static TestCertificates files(EtcdExtension etcd) {
        return etcd.cluster().certificates().orElseThrow();
    }

    private Store open(EtcdExtension etcd, TlsOptions.Builder options) {
        return open(etcd.endpoints(), settings -> settings.tls(options.build()).requestTimeout(Duration.ofSeconds(3)));
    }

    private static void serves(Store store) {
        get(store.txn(put("/tls", "v")));
        assertThat(get(store.range(RangeQuery.key("/tls"))).entries()).hasSize(1);
    }

    private static CoordinationException refusal(Store store) {
        CoordinationException failure = failure(store.range(RangeQuery.key("/tls")));
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.CONNECTION_ERROR);
        return failure;
    }

    @Nested
    @DisplayName("One-sided")
    class OneSided {

        @Test
        void aTrustedAuthorityInAPemFile() {
            serves(open(tls, TlsOptions.builder().trustCertificates(files(tls).authority())));
        }

        @Test
        void aTrustedAuthorityInAKeyStore() throws IOException, GeneralSecurityException {
            KeyStore store = emptyStore();
            store.setCertificateEntry("ca", certificate(files(tls).authority()));

            serves(open(tls, TlsOptions.builder().trustStore(saved(store, "trust.p12"), PASSWORD)));
        }

        @Test
        void theNameThatTheCertificateMustShowCanBeGiven() {
            serves(open(
                    tls,
                    TlsOptions.builder()
                            .trustCertificates(files(tls).authority())
                            .authority("localhost")));
        }

        @Test
        void aForeignAuthorityIsNotTrusted() {
            assertThat(refusal(open(
                            tls,
                            TlsOptions.builder().trustCertificates(files(tls).wrongAuthority()))))
                    .hasMessageContaining("not trusted")
                    .hasMessageContaining("tls.trustCertificates");
            assertThat(refusal(open(tls, TlsOptions.builder()))).hasMessageContaining("not trusted");
        }

        @Test
        void aCertificateForAnotherHostIsRefused() {
            assertThat(refusal(open(
                            tls,
                            TlsOptions.builder()
                                    .trustCertificates(files(tls).authority())
                                    .authority("another.example"))))
                    .hasMessageContaining("another host");
        }

        @Test
        void plainTextToATlsServerSaysSo() {
            List<String> plain = tls.endpoints().stream()
                    .map(endpoint -> endpoint.replace("https", "http"))
                    .toList();

            CoordinationException failure =
                    failure(open(plain, settings -> settings.requestTimeout(Duration.ofSeconds(3)))
                            .range(RangeQuery.key("/k")));

            assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.CONNECTION_ERROR);
            assertThat(failure).hasMessageContaining("does it want https");
        }
    }

    @Nested
    @DisplayName("With client certificates")
    class Mutual {

        @Test
        void aCertificateInPemFiles() {
            serves(open(
                    mutual,
                    TlsOptions.builder()
                            .trustCertificates(files(mutual).authority())
                            .clientCertificate(
                                    files(mutual).client(), files(mutual).clientKey())));
        }

        @Test
        void aCertificateInAKeyStore() throws IOException, GeneralSecurityException {
            KeyStore store = emptyStore();
            Certificate[] chain = {certificate(files(mutual).client())};
            store.setKeyEntry("client", key(files(mutual).clientKey(), chain[0]), PASSWORD.toCharArray(), chain);

            serves(open(
                    mutual,
                    TlsOptions.builder()
                            .trustCertificates(files(mutual).authority())
                            .keyStore(saved(store, "client.p12"), PASSWORD)));
        }

        @Test
        void withoutACertificateTheServerRefuses() {
            assertThat(refusal(open(
                            mutual,
                            TlsOptions.builder().trustCertificates(files(mutual).authority()))))
                    .hasMessageContaining(mutual.endpoints().get(0))
                    .hasMessageContaining("does the server want a client certificate");
        }

        @Test
        void aCertificateOfAForeignAuthorityIsRefused() {
            refusal(open(
                    mutual,
                    TlsOptions.builder()
                            .trustCertificates(files(mutual).authority())
                            .clientCertificate(
                                    files(mutual).wrongClient(), files(mutual).wrongClientKey())));
        }
    }

    @Nested
    @DisplayName("With files that change")
    class Replaced {

        @Test
        void newConnectionsUseTheNewFilesAndOpenOnesGoOn() throws IOException {
            Path certificate = directory.resolve("client.pem");
            Path key = directory.resolve("client-key.pem");
            copy(files(mutual).wrongClient(), certificate);
            copy(files(mutual).wrongClientKey(), key);
            AtomicInteger reloads = new AtomicInteger();
            FaultProxy proxy = closedAtTheEnd(FaultProxy.to(mutual.cluster().clientUri(0)));
            Store store = open(
                    List.of(proxy.uri().toString()),
                    settings -> settings.tls(TlsOptions.builder()
                                    .trustCertificates(files(mutual).authority())
                                    .clientCertificate(certificate, key)
                                    .build())
                            .instrumentation(counting(reloads))
                            .requestTimeout(Duration.ofSeconds(3)));
            refusal(store);

            copy(files(mutual).client(), certificate);
            copy(files(mutual).clientKey(), key);
            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> serves(store));
            assertThat(reloads).hasPositiveValue();

            copy(files(mutual).wrongClient(), certificate);
            copy(files(mutual).wrongClientKey(), key);
            serves(store);
            await().pollDelay(ReloadingTls.LEAST_PAUSE).until(() -> true);
            proxy.cut();
            refusal(store);
        }

        private void copy(Path from, Path to) throws IOException {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }

        private Instrumentation counting(AtomicInteger reloads) {
            return new Instrumentation() {
                @Override
                public Connections connections() {
                    return new Connections() {
                        @Override
                        public void certificatesReloaded() {
                            reloads.incrementAndGet();
                        }
                    };
                }
            };
        }
    }

    @Nested
    @DisplayName("At the start")
    class AtTheStart {

        @Test
        void aForeignAuthorityIsAFailureAtOnce() {
            Store store = open(
                    tls.endpoints(),
                    settings -> settings.tls(TlsOptions.builder()
                                    .trustCertificates(files(tls).wrongAuthority())
                                    .build())
                            .requestTimeout(Duration.ofMinutes(1))
                            .connectTimeout(Duration.ofMinutes(1)));

            assertThat(failure(store.ready()))
                    .hasMessageContaining(tls.endpoints().get(0))
                    .hasMessageContaining("not trusted");
        }

        @Test
        void plainTextToATlsServerNamesTheEndpoint() {
            List<String> plain = tls.endpoints().stream()
                    .map(endpoint -> endpoint.replace("https", "http"))
                    .toList();
            Store store = open(plain, settings -> settings.requestTimeout(Duration.ofSeconds(2)));

            assertThat(failure(store.ready()))
                    .hasMessageContaining(plain.get(0))
                    .hasMessageContaining("does it want https");
        }
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private Path saved(KeyStore store, String name) throws IOException, GeneralSecurityException {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static Certificate certificate(Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static java.security.Key key(Path pem, Certificate certificate)
            throws IOException, GeneralSecurityException {
        String body = Files.readString(pem, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    }
}

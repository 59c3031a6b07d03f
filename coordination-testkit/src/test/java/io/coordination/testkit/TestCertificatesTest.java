package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TestCertificatesTest {

    private static final char[] NO_PASSWORD = new char[0];

    @TempDir
    private Path directory;

    private TestCertificates certificates;

    @BeforeEach
    void create() {
        certificates = TestCertificates.create(directory.resolve("new/directory"));
    }

    @Test
    void theServerIsSignedForEveryLocalName() throws Exception {
        X509Certificate server = read(certificates.server());

        server.verify(read(certificates.authority()).getPublicKey());
        server.checkValidity();
        assertThat(server.getSubjectAlternativeNames().stream()
                        .map(name -> name.get(1).toString()))
                .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "etcd2");
    }

    @Test
    void theAuthorityMaySignAndTheOthersMayNot() throws Exception {
        assertThat(read(certificates.authority()).getBasicConstraints()).isNotNegative();
        assertThat(read(certificates.server()).getBasicConstraints()).isNegative();
    }

    @Test
    void theWrongAuthoritySignedOnlyTheWrongClient() throws Exception {
        X509Certificate wrong = read(certificates.wrongAuthority());

        read(certificates.wrongClient()).verify(wrong.getPublicKey());
        assertThatThrownBy(() -> read(certificates.client()).verify(wrong.getPublicKey()))
                .isInstanceOf(SignatureException.class);
    }

    @Nested
    class Handshake {

        @Test
        void aClientThatTrustsTheAuthorityIsAccepted() throws Exception {
            assertThat(shakeHands(client(certificates.authority(), certificates.client(), certificates.clientKey())))
                    .isEqualTo("coordination-client");
        }

        @Test
        void aClientThatTrustsAnotherAuthorityRefusesTheServer() throws Exception {
            SSLContext suspicious =
                    client(certificates.wrongAuthority(), certificates.client(), certificates.clientKey());

            assertThatThrownBy(() -> shakeHands(suspicious)).isInstanceOf(SSLException.class);
        }

        /** Connects as a client to a server that asks for a certificate; answers whom the server saw. */
        private String shakeHands(SSLContext client) throws Exception {
            SSLContext server = client(certificates.authority(), certificates.server(), certificates.serverKey());
            try (SSLServerSocket listener =
                    (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0)) {
                listener.setNeedClientAuth(true);
                CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> acceptOne(listener));
                try (SSLSocket socket =
                        (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", listener.getLocalPort())) {
                    var parameters = socket.getSSLParameters();
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    socket.setSSLParameters(parameters);
                    socket.startHandshake();
                    return seen.join();
                }
            }
        }

        private String acceptOne(SSLServerSocket listener) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.startHandshake();
                return socket.getSession().getPeerPrincipal().getName().replace("CN=", "");
            } catch (IOException e) {
                return e.toString();
            }
        }

        private SSLContext client(Path trusted, Path certificate, Path key) throws Exception {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, NO_PASSWORD);
            trust.setCertificateEntry("ca", read(trusted));
            TrustManagerFactory trustManagers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trustManagers.init(trust);

            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, NO_PASSWORD);
            own.setKeyEntry("own", readKey(key), NO_PASSWORD, new X509Certificate[] {read(certificate)});
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(own, NO_PASSWORD);

            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        }
    }

    private static X509Certificate read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
        String body = Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("-----"))
                .collect(Collectors.joining());
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    }
}

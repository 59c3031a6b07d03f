package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;

/**
 * PEM files for tests with TLS, made on the spot and valid for 30 days: a certificate authority with a server and a
 * client certificate, and a second authority that the server does not know. Keys are P-256, unencrypted PKCS#8.
 *
 * <p>The server certificate is for {@code localhost}, {@code 127.0.0.1}, {@code ::1} and the member names
 * {@code etcd0} to {@code etcd2}. Immutable and thread-safe.
 */
public final class TestCertificates {

    private static final List<String> SERVER_NAMES = List.of("localhost", "etcd0", "etcd1", "etcd2");
    private static final List<String> SERVER_ADDRESSES = List.of("127.0.0.1", "::1");

    private final Path directory;

    private TestCertificates(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes the certificates and writes them into a directory.
     *
     * @param directory is created when it does not exist; files of the same names are replaced
     * @throws UncheckedIOException when a file cannot be written
     */
    public static TestCertificates create(Path directory) {
        try {
            Files.createDirectories(directory);
            CertificateAuthority authority = new CertificateAuthority("coordination test authority");
            CertificateAuthority stranger = new CertificateAuthority("another authority");
            TestCertificates files = new TestCertificates(directory);
            files.write(files.authority(), "CERTIFICATE", authority.certificate());
            files.write(files.wrongAuthority(), "CERTIFICATE", stranger.certificate());
            files.issue("server", authority, SERVER_NAMES, SERVER_ADDRESSES);
            files.issue("client", authority, List.of(), List.of());
            files.issue("wrong-client", stranger, List.of(), List.of());
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write certificates into " + directory, e);
        }
    }

    /** The authority that signed the server and the client certificate. */
    public Path authority() {
        return directory.resolve("ca.pem");
    }

    /** The certificate of the server. */
    public Path server() {
        return directory.resolve("server.pem");
    }

    /** The private key of the server. */
    public Path serverKey() {
        return directory.resolve("server-key.pem");
    }

    /** A client certificate that a server with client authentication accepts. */
    public Path client() {
        return directory.resolve("client.pem");
    }

    /** The private key of {@link #client()}. */
    public Path clientKey() {
        return directory.resolve("client-key.pem");
    }

    /** An authority that signed nothing the server shows: a client that trusts only it must refuse the server. */
    public Path wrongAuthority() {
        return directory.resolve("wrong-ca.pem");
    }

    /** A client certificate of {@link #wrongAuthority()}: a server with client authentication refuses it. */
    public Path wrongClient() {
        return directory.resolve("wrong-client.pem");
    }

    /** The private key of {@link #wrongClient()}. */
    public Path wrongClientKey() {
        return directory.resolve("wrong-client-key.pem");
    }

    private void issue(String name, CertificateAuthority authority, List<String> hostNames, List<String> addresses)
            throws IOException {
        KeyPair keys = CertificateAuthority.newKeys();
        write(
                directory.resolve(name + ".pem"),
                "CERTIFICATE",
                authority.issue("coordination-" + name, keys, hostNames, addresses));
        write(
                directory.resolve(name + "-key.pem"),
                "PRIVATE KEY",
                keys.getPrivate().getEncoded());
    }

    private void write(Path file, String label, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                file,
                "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n",
                StandardCharsets.US_ASCII);
    }
}

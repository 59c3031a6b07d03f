package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.TlsOptions;
import io.coordination.TlsOptions.KeyStoreFile;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads the TLS material of the options. Every failure names the option and the file. */
final class Tls {

    private Tls() {}

    static SslContext context(TlsOptions options) {
        SslContextBuilder builder = GrpcSslContexts.forClient();
        options.trustCertificates()
                .ifPresent(pem -> load("trustCertificates", pem, () -> builder.trustManager(readable(pem))));
        options.trustStore()
                .ifPresent(store -> load("trustStore", store.path(), () -> builder.trustManager(trusted(store))));
        Path chain = options.certificateChain().orElse(null);
        Path key = options.privateKey().orElse(null);
        if (chain != null && key != null) {
            load("clientCertificate", chain, () -> builder.keyManager(readable(chain), readable(key)));
        }
        options.keyStore().ifPresent(store -> load("keyStore", store.path(), () -> builder.keyManager(keys(store))));
        try {
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw invalid("tls: the TLS material cannot be used (" + e.getMessage() + ")", e);
        }
    }

    private static File readable(Path path) throws IOException {
        if (!Files.isReadable(path)) {
            throw new IOException("the file does not exist or cannot be read");
        }
        return path.toFile();
    }

    private static TrustManagerFactory trusted(KeyStoreFile file) throws IOException, GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(open(file));
        return factory;
    }

    private static KeyManagerFactory keys(KeyStoreFile file) throws IOException, GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(open(file), file.password().toCharArray());
        return factory;
    }

    private static KeyStore open(KeyStoreFile file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(file.type());
        try (InputStream in = Files.newInputStream(readable(file.path()).toPath())) {
            store.load(in, file.password().toCharArray());
        }
        return store;
    }

    private static void load(String option, Path path, Step step) {
        try {
            step.run();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw invalid("tls." + option + " is '" + path + "', which cannot be used: " + reason(e), e);
        }
    }

    private static String reason(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return cause == null || cause.getMessage() == null
                ? String.valueOf(failure.getMessage())
                : failure.getMessage() + " (" + cause.getMessage() + ")";
    }

    private static CoordinationException invalid(String message, Throwable cause) {
        return CoordinationException.of(ErrorCode.VALIDATION_ERROR, message, cause);
    }

    /** One step of the loading. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException, GeneralSecurityException;
    }
}

package io.coordination;

import io.coordination.internal.Checks;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a connection over {@code https} trusts and how it proves who it is: PEM files or key stores.
 *
 * <pre>{@code
 * TlsOptions tls = TlsOptions.builder()
 *         .trustCertificates(Path.of("/etc/etcd/ca.pem"))
 *         .clientCertificate(Path.of("/etc/etcd/client.pem"), Path.of("/etc/etcd/client-key.pem"))
 *         .build();
 * }</pre>
 *
 * <p>Without trust material the certificate authorities of the JVM are trusted. The files are read when a coordinator
 * connects, not here. Immutable and thread-safe; {@link #toString()} shows no password.
 */
public final class TlsOptions {
    /** The type of a key store when none is given. */
    public static final String DEFAULT_STORE_TYPE = "PKCS12";

    private final @Nullable Path trustCertificates;
    private final @Nullable Path certificateChain;
    private final @Nullable Path privateKey;
    private final @Nullable KeyStoreFile trustStore;
    private final @Nullable KeyStoreFile keyStore;
    private final @Nullable String authority;

    private TlsOptions(Builder builder) {
        this.trustCertificates = builder.trustCertificates;
        this.certificateChain = builder.certificateChain;
        this.privateKey = builder.privateKey;
        this.trustStore = builder.trustStore;
        this.keyStore = builder.keyStore;
        this.authority = builder.authority;
    }

    /**
     * A builder without any material.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Options that trust the certificate authorities of the JVM and send no client certificate.
     *
     * @return options without material of their own
     */
    public static TlsOptions jvmTrust() {
        return builder().build();
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.trustCertificates = trustCertificates;
        builder.certificateChain = certificateChain;
        builder.privateKey = privateKey;
        builder.trustStore = trustStore;
        builder.keyStore = keyStore;
        builder.authority = authority;
        return builder;
    }

    /**
     * The PEM file with the certificate authorities to trust.
     *
     * @return empty when a trust store or the JVM says what to trust
     */
    public Optional<Path> trustCertificates() {
        return Optional.ofNullable(trustCertificates);
    }

    /**
     * The PEM file with the client's certificate chain.
     *
     * @return present together with {@link #privateKey()}
     */
    public Optional<Path> certificateChain() {
        return Optional.ofNullable(certificateChain);
    }

    /**
     * The PEM file with the client's private key, PKCS#8 and not encrypted.
     *
     * @return present together with {@link #certificateChain()}
     */
    public Optional<Path> privateKey() {
        return Optional.ofNullable(privateKey);
    }

    /**
     * The key store with the certificate authorities to trust.
     *
     * @return empty when a PEM file or the JVM says what to trust
     */
    public Optional<KeyStoreFile> trustStore() {
        return Optional.ofNullable(trustStore);
    }

    /**
     * The key store with the client's certificate and private key.
     *
     * @return empty when PEM files are used or no certificate is sent
     */
    public Optional<KeyStoreFile> keyStore() {
        return Optional.ofNullable(keyStore);
    }

    /**
     * The host name to expect in the certificates of all endpoints, instead of each endpoint's own.
     *
     * @return empty when each endpoint must show its own host
     */
    public Optional<String> authority() {
        return Optional.ofNullable(authority);
    }

    /**
     * Whether the other has the same values.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof TlsOptions that
                && Objects.equals(trustCertificates, that.trustCertificates)
                && Objects.equals(certificateChain, that.certificateChain)
                && Objects.equals(privateKey, that.privateKey)
                && Objects.equals(trustStore, that.trustStore)
                && Objects.equals(keyStore, that.keyStore)
                && Objects.equals(authority, that.authority);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(trustCertificates, certificateChain, privateKey, trustStore, keyStore, authority);
    }

    /**
     * The values without secrets.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "TlsOptions[trustCertificates=" + trustCertificates + ", certificateChain=" + certificateChain
                + ", privateKey=" + privateKey + ", trustStore=" + trustStore + ", keyStore=" + keyStore
                + ", authority="
                + authority + "]";
    }

    /**
     * A key store in a file.
     *
     * @param path where it is
     * @param password its password, also that of its keys; never shown by {@link #toString()}
     * @param type the type as {@link java.security.KeyStore} knows it, for example {@code PKCS12} or {@code JKS}
     */
    public record KeyStoreFile(Path path, String password, String type) {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param path where it is
         * @param password its password
         * @param type the type as {@link java.security.KeyStore} knows it
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for a {@code null} or an empty type
         */
        public KeyStoreFile {
            Checks.notNull("path", path);
            Checks.notNull("password", password);
            Checks.name("type", type);
        }

        @Override
        public String toString() {
            return path + " (" + type + ")";
        }
    }

    /** Builds {@link TlsOptions}. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path trustCertificates;
        private @Nullable Path certificateChain;
        private @Nullable Path privateKey;
        private @Nullable KeyStoreFile trustStore;
        private @Nullable KeyStoreFile keyStore;
        private @Nullable String authority;

        private Builder() {}

        /**
         * Trusts the certificate authorities in a PEM file.
         *
         * @param trustCertificates the file
         * @return this builder
         */
        public Builder trustCertificates(Path trustCertificates) {
            this.trustCertificates = Checks.notNull("trustCertificates", trustCertificates);
            return this;
        }

        /**
         * Proves who the client is with PEM files.
         *
         * @param certificateChain the certificate chain, the client's certificate first
         * @param privateKey the private key, PKCS#8 and not encrypted
         * @return this builder
         */
        public Builder clientCertificate(Path certificateChain, Path privateKey) {
            this.certificateChain = Checks.notNull("certificateChain", certificateChain);
            this.privateKey = Checks.notNull("privateKey", privateKey);
            return this;
        }

        /**
         * Trusts the certificate authorities in a PKCS#12 key store.
         *
         * @param path the file
         * @param password its password
         * @return this builder
         */
        public Builder trustStore(Path path, String password) {
            return trustStore(path, password, DEFAULT_STORE_TYPE);
        }

        /**
         * Trusts the certificate authorities in a key store.
         *
         * @param path the file
         * @param password its password
         * @param type its type, for example {@code JKS}
         * @return this builder
         */
        public Builder trustStore(Path path, String password, String type) {
            this.trustStore = new KeyStoreFile(path, password, type);
            return this;
        }

        /**
         * Proves who the client is with a PKCS#12 key store.
         *
         * @param path the file
         * @param password its password
         * @return this builder
         */
        public Builder keyStore(Path path, String password) {
            return keyStore(path, password, DEFAULT_STORE_TYPE);
        }

        /**
         * Proves who the client is with a key store.
         *
         * @param path the file
         * @param password its password
         * @param type its type, for example {@code JKS}
         * @return this builder
         */
        public Builder keyStore(Path path, String password, String type) {
            this.keyStore = new KeyStoreFile(path, password, type);
            return this;
        }

        /**
         * Expects this host name in the certificates of all endpoints, instead of each endpoint's own.
         *
         * @param authority a host name
         * @return this builder
         */
        public Builder authority(String authority) {
            this.authority = Checks.name("authority", authority);
            return this;
        }

        /**
         * Builds the options.
         *
         * @return immutable options
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} when both a PEM file and a key store are given for
         *     one purpose
         */
        public TlsOptions build() {
            if (trustCertificates != null && trustStore != null) {
                throw Checks.invalid("trustStore", trustStore, "leave it out, trustCertificates is given already");
            }
            if (certificateChain != null && keyStore != null) {
                throw Checks.invalid("keyStore", keyStore, "leave it out, a client certificate is given already");
            }
            return new TlsOptions(this);
        }
    }
}

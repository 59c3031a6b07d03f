package io.coordination;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where a coordinator connects and how it behaves.
 *
 * <pre>{@code
 * CoordinatorOptions options = CoordinatorOptions.builder()
 *         .endpoints("http://10.0.0.1:2379", "http://10.0.0.2:2379")
 *         .namespace("prod")
 *         .build();
 * }</pre>
 *
 * <p>Immutable and thread-safe; {@link #toString()} shows no secret.
 */
public final class CoordinatorOptions {
    /** The endpoint when none is given. */
    public static final String DEFAULT_ENDPOINT = "http://localhost:2379";

    /** The namespace when none is given. */
    public static final String DEFAULT_NAMESPACE = "coordination";

    private final List<String> endpoints;
    private final String namespace;
    private final @Nullable String username;
    private final @Nullable String password;
    private final @Nullable TlsOptions tls;
    private final Duration requestTimeout;
    private final Duration connectTimeout;
    private final boolean connectLazily;
    private final RetryConfig retry;
    private final @Nullable Executor callbackExecutor;
    private final @Nullable String clientName;

    private CoordinatorOptions(Builder builder) {
        this.endpoints = builder.endpoints;
        this.namespace = builder.namespace;
        this.username = builder.username;
        this.password = builder.password;
        this.tls = builder.tls;
        this.requestTimeout = builder.requestTimeout;
        this.connectTimeout = builder.connectTimeout;
        this.connectLazily = builder.connectLazily;
        this.retry = builder.retry;
        this.callbackExecutor = builder.callbackExecutor;
        this.clientName = builder.clientName;
    }

    /**
     * {@value #DEFAULT_ENDPOINT}, the namespace {@value #DEFAULT_NAMESPACE}, and the default of everything else.
     *
     * @return the defaults
     */
    public static CoordinatorOptions defaults() {
        return builder().build();
    }

    /**
     * The options that the environment of the process gives: the system properties {@code coordination.endpoints}
     * (separated by commas), {@code .namespace}, {@code .username}, {@code .password}, {@code .request-timeout},
     * {@code .connect-timeout}, {@code .tls.ca}, {@code .tls.cert} and {@code .tls.key} (PEM files); where one is not set, the
     * environment variable {@code COORDINATION_ENDPOINTS}, {@code COORDINATION_TLS_CA} and so on; else the default. An empty
     * value counts as not set. Timeouts are written as {@code 500ms}, {@code 5s}, {@code 2m} or in ISO-8601.
     *
     * @return the options
     * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for a bad value; the message names where it came from
     */
    public static CoordinatorOptions fromEnvironment() {
        return EnvironmentOptions.ofProcess().load().options();
    }

    /**
     * A builder that starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.endpoints = endpoints;
        builder.namespace = namespace;
        builder.username = username;
        builder.password = password;
        builder.tls = tls;
        builder.requestTimeout = requestTimeout;
        builder.connectTimeout = connectTimeout;
        builder.connectLazily = connectLazily;
        builder.retry = retry;
        builder.callbackExecutor = callbackExecutor;
        builder.clientName = clientName;
        return builder;
    }

    /**
     * The members of the cluster, in normal form: {@code http://host:port}, {@code https://host:port}, or
     * {@code memory:name} for a store inside this JVM.
     *
     * @return at least one, all of one scheme, unmodifiable; default {@value #DEFAULT_ENDPOINT}
     */
    public List<String> endpoints() {
        return endpoints;
    }

    /**
     * What all keys of this coordinator begin with. Coordinators see each other when cluster and namespace are the same.
     *
     * @return 1 to 4 segments; default {@value #DEFAULT_NAMESPACE}
     */
    public String namespace() {
        return namespace;
    }

    /**
     * The user name to log in with.
     *
     * @return present together with {@link #password()}; default none
     */
    public Optional<String> username() {
        return Optional.ofNullable(username);
    }

    /**
     * The password to log in with.
     *
     * @return present together with {@link #username()}; default none
     */
    public Optional<String> password() {
        return Optional.ofNullable(password);
    }

    /**
     * What connections over {@code https} trust.
     *
     * @return present exactly when the endpoints are {@code https}
     */
    public Optional<TlsOptions> tls() {
        return Optional.ofNullable(tls);
    }

    /**
     * How long a call may take, all its attempts included. A wait for a lock has its own limit.
     *
     * @return 100 ms to 5 min; default 5 s
     */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /**
     * How long opening a connection to one member may take.
     *
     * @return 100 ms to 5 min; default 3 s
     */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /**
     * Whether a coordinator is opened without waiting for the cluster.
     *
     * @return true: {@code connect} returns at once, and {@code register} too, with its registration still pending; default
     *     false: {@code connect} throws when the cluster does not answer
     */
    public boolean connectLazily() {
        return connectLazily;
    }

    /**
     * How failed calls are repeated.
     *
     * @return default {@link RetryConfig#defaults()}
     */
    public RetryConfig retry() {
        return retry;
    }

    /**
     * What runs listeners and the dependents of futures.
     *
     * @return default none: a pool of daemon threads of the coordinator's own
     */
    public Optional<Executor> callbackExecutor() {
        return Optional.ofNullable(callbackExecutor);
    }

    /**
     * What operators see as the name of this process in the metadata of its sessions.
     *
     * @return default none: the host name
     */
    public Optional<String> clientName() {
        return Optional.ofNullable(clientName);
    }

    /**
     * Whether the other has the same values, the same executor included.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CoordinatorOptions that
                && endpoints.equals(that.endpoints)
                && namespace.equals(that.namespace)
                && Objects.equals(username, that.username)
                && Objects.equals(password, that.password)
                && Objects.equals(tls, that.tls)
                && requestTimeout.equals(that.requestTimeout)
                && connectTimeout.equals(that.connectTimeout)
                && connectLazily == that.connectLazily
                && retry.equals(that.retry)
                && Objects.equals(callbackExecutor, that.callbackExecutor)
                && Objects.equals(clientName, that.clientName);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(
                endpoints,
                namespace,
                username,
                password,
                tls,
                requestTimeout,
                connectTimeout,
                connectLazily,
                retry,
                callbackExecutor,
                clientName);
    }

    /**
     * The values without the password.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "CoordinatorOptions[endpoints=" + endpoints + ", namespace=" + namespace + ", username="
                + username().orElse("none") + ", tls=" + tls + ", requestTimeout=" + Durations.text(requestTimeout)
                + ", connectTimeout=" + Durations.text(connectTimeout) + ", connectLazily=" + connectLazily + ", retry="
                + retry + ", callbackExecutor=" + (callbackExecutor == null ? "own" : "given") + ", clientName="
                + clientName().orElse("none") + "]";
    }

    /** Builds {@link CoordinatorOptions}. Each method checks its argument at once. Not thread-safe. */
    public static final class Builder {
        private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
        private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

        private List<String> endpoints = List.of(DEFAULT_ENDPOINT);
        private String namespace = DEFAULT_NAMESPACE;
        private @Nullable String username;
        private @Nullable String password;
        private @Nullable TlsOptions tls;
        private Duration requestTimeout = Duration.ofSeconds(5);
        private Duration connectTimeout = Duration.ofSeconds(3);
        private boolean connectLazily;
        private RetryConfig retry = RetryConfig.defaults();
        private @Nullable Executor callbackExecutor;
        private @Nullable String clientName;

        private Builder() {}

        /**
         * Sets the members of the cluster.
         *
         * @param first {@code http://host:port}, {@code https://host:port} or {@code memory:name}
         * @param more further members, of the same scheme
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for anything else
         */
        public Builder endpoints(String first, String... more) {
            this.endpoints = Endpoints.normalised("endpoints", first, Checks.notNull("more", more));
            return this;
        }

        /**
         * Sets the members of the cluster.
         *
         * @param endpoints at least one of {@code http://host:port}, {@code https://host:port} or {@code memory:name}, all of
         *     one scheme
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for anything else
         */
        public Builder endpoints(List<String> endpoints) {
            this.endpoints = Endpoints.normalised("endpoints", endpoints);
            return this;
        }

        /**
         * Sets what all keys begin with.
         *
         * @param namespace 1 to 4 segments of {@code A-Z a-z 0-9 . _ -} with {@code /} between them, none of them
         *     {@code modules}; default {@value #DEFAULT_NAMESPACE}
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for another value
         */
        public Builder namespace(String namespace) {
            this.namespace = Checks.namespace("namespace", namespace);
            return this;
        }

        /**
         * Logs in with a user name and a password. Over plain {@code http} they travel unprotected; a warning is logged.
         *
         * @param username the user name
         * @param password the password; never logged
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} when one of them is {@code null} or empty
         */
        public Builder credentials(String username, String password) {
            return username(username).password(password);
        }

        /**
         * Sets the user name; {@link #password(String)} must be set too.
         *
         * @param username the user name
         * @return this builder
         */
        public Builder username(String username) {
            this.username = Checks.name("username", username);
            return this;
        }

        /**
         * Sets the password; {@link #username(String)} must be set too.
         *
         * @param password the password; never logged
         * @return this builder
         */
        public Builder password(String password) {
            if (Checks.notNull("password", password).isEmpty()) {
                throw Checks.invalid("password", "", "give a value, or leave out username and password");
            }
            this.password = password;
            return this;
        }

        /**
         * Sets what connections over {@code https} trust.
         *
         * @param tls the material
         * @return this builder
         */
        public Builder tls(TlsOptions tls) {
            this.tls = Checks.notNull("tls", tls);
            return this;
        }

        /**
         * Sets how long a call may take, all its attempts included.
         *
         * @param requestTimeout 100 ms to 5 min; default 5 s
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for another value
         */
        public Builder requestTimeout(Duration requestTimeout) {
            return requestTimeout("requestTimeout", requestTimeout);
        }

        Builder requestTimeout(String parameter, Duration value) {
            this.requestTimeout = Checks.between(parameter, value, MIN_TIMEOUT, MAX_TIMEOUT);
            return this;
        }

        /**
         * Sets how long opening a connection to one member may take. The first answer is waited for no longer than any call.
         *
         * @param connectTimeout 100 ms to 5 min; default 3 s
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for another value
         */
        public Builder connectTimeout(Duration connectTimeout) {
            return connectTimeout("connectTimeout", connectTimeout);
        }

        Builder connectTimeout(String parameter, Duration value) {
            this.connectTimeout = Checks.between(parameter, value, MIN_TIMEOUT, MAX_TIMEOUT);
            return this;
        }

        /**
         * Opens the coordinator without waiting for the cluster.
         *
         * @param connectLazily default false
         * @return this builder
         */
        public Builder connectLazily(boolean connectLazily) {
            this.connectLazily = connectLazily;
            return this;
        }

        /**
         * Sets how failed calls are repeated.
         *
         * @param retry default {@link RetryConfig#defaults()}
         * @return this builder
         */
        public Builder retry(RetryConfig retry) {
            this.retry = Checks.notNull("retry", retry);
            return this;
        }

        /**
         * Sets what runs listeners and the dependents of futures. It stays the caller's: closing the coordinator does not shut
         * it down. One that runs tasks in the submitting thread is not allowed to block.
         *
         * @param callbackExecutor default: a pool of daemon threads of the coordinator's own
         * @return this builder
         */
        public Builder callbackExecutor(Executor callbackExecutor) {
            this.callbackExecutor = Checks.notNull("callbackExecutor", callbackExecutor);
            return this;
        }

        /**
         * Sets what operators see as the name of this process.
         *
         * @param clientName 1 to 128 characters, no control characters; default: the host name
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for another value
         */
        public Builder clientName(String clientName) {
            this.clientName = Checks.label("clientName", clientName);
            return this;
        }

        /**
         * Builds the options.
         *
         * @return immutable options
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} when one of user name and password is missing, when
         *     endpoints are {@code https} and {@code tls} is not set, or the other way round
         */
        public CoordinatorOptions build() {
            if (username == null && password != null) {
                throw Checks.invalid("username", null, "a password is set, so give the user name too");
            }
            if (username != null && password == null) {
                throw Checks.invalid("password", null, "a username is set, so give the password too");
            }
            Endpoints.checkTls(endpoints, tls != null);
            return new CoordinatorOptions(this);
        }
    }
}

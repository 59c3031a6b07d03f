package io.coordination;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.time.Duration;
import java.util.List;
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

    private final CoordinatorSettings values; // of its own, never changed

    private CoordinatorOptions(CoordinatorSettings values) {
        this.values = values;
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
        return new Builder(new CoordinatorSettings());
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(values.copy());
    }

    /**
     * The members of the cluster, in normal form: {@code http://host:port}, {@code https://host:port}, or
     * {@code memory:name} for a store inside this JVM.
     *
     * @return at least one, all of one scheme, unmodifiable; default {@value #DEFAULT_ENDPOINT}
     */
    public List<String> endpoints() {
        return values.endpoints;
    }

    /**
     * What all keys of this coordinator begin with. Coordinators see each other when cluster and namespace are the same.
     *
     * @return 1 to 4 segments; default {@value #DEFAULT_NAMESPACE}
     */
    public String namespace() {
        return values.namespace;
    }

    /**
     * The user name to log in with.
     *
     * @return present together with {@link #password()}; default none
     */
    public Optional<String> username() {
        return Optional.ofNullable(values.username);
    }

    /**
     * The password to log in with.
     *
     * @return present together with {@link #username()}; default none
     */
    public Optional<String> password() {
        return Optional.ofNullable(values.password);
    }

    /**
     * What connections over {@code https} trust.
     *
     * @return present exactly when the endpoints are {@code https}
     */
    public Optional<TlsOptions> tls() {
        return Optional.ofNullable(values.tls);
    }

    /**
     * How long a call may take, all its attempts included. A wait for a lock has its own limit.
     *
     * @return 100 ms to 5 min; default 5 s
     */
    public Duration requestTimeout() {
        return values.requestTimeout;
    }

    /**
     * How long opening a connection to one member may take.
     *
     * @return 100 ms to 5 min; default 3 s
     */
    public Duration connectTimeout() {
        return values.connectTimeout;
    }

    /**
     * Whether a coordinator is opened without waiting for the cluster.
     *
     * @return true: {@code connect} returns at once, and {@code register} too, with its registration still pending; default
     *     false: {@code connect} throws when the cluster does not answer
     */
    public boolean connectLazily() {
        return values.connectLazily;
    }

    /**
     * Whether the other members of the cluster are asked for and used, too.
     *
     * @return default false: only the given endpoints are used
     */
    public boolean discoverMembers() {
        return values.discoverMembers;
    }

    /**
     * How many calls may be under way to the cluster at once; further ones wait their turn.
     *
     * @return 1 to 10,000; default 256
     */
    public int maxCallsInFlight() {
        return values.maxCallsInFlight;
    }

    /**
     * Whether what locks send at the same time travels together.
     *
     * @return default false: each acquisition and release is a call of its own
     */
    public boolean groupCommit() {
        return values.groupCommit;
    }

    /**
     * What hears of calls, watches and sessions, for metrics.
     *
     * @return default {@link Instrumentation#NONE}
     */
    public Instrumentation instrumentation() {
        return values.instrumentation;
    }

    /**
     * How failed calls are repeated.
     *
     * @return default {@link RetryConfig#defaults()}
     */
    public RetryConfig retry() {
        return values.retry;
    }

    /**
     * What runs listeners and the dependents of futures.
     *
     * @return default none: a pool of daemon threads of the coordinator's own
     */
    public Optional<Executor> callbackExecutor() {
        return Optional.ofNullable(values.callbackExecutor);
    }

    /**
     * What operators see as the name of this process in the metadata of its sessions.
     *
     * @return default none: the host name
     */
    public Optional<String> clientName() {
        return Optional.ofNullable(values.clientName);
    }

    /**
     * Whether the other has the same values, the same executor included.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CoordinatorOptions that && values.all().equals(that.values.all());
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return values.all().hashCode();
    }

    /**
     * The values without the password.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "CoordinatorOptions[endpoints=" + endpoints() + ", namespace=" + namespace() + ", username="
                + username().orElse("none") + ", tls=" + values.tls
                + ", requestTimeout=" + Durations.text(requestTimeout())
                + ", connectTimeout=" + Durations.text(connectTimeout())
                + ", connectLazily=" + connectLazily() + ", discoverMembers=" + discoverMembers()
                + ", maxCallsInFlight=" + maxCallsInFlight() + ", groupCommit=" + groupCommit() + ", retry=" + retry()
                + ", callbackExecutor=" + (values.callbackExecutor == null ? "own" : "given")
                + ", instrumentation=" + (values.instrumentation == Instrumentation.NONE ? "none" : "given")
                + ", clientName=" + clientName().orElse("none") + "]";
    }

    /** Builds {@link CoordinatorOptions}. Each method checks its argument at once. Not thread-safe. */
    public static final class Builder {
        private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
        private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

        private final CoordinatorSettings values;

        private Builder(CoordinatorSettings values) {
            this.values = values;
        }

        /**
         * Sets the members of the cluster.
         *
         * @param first {@code http://host:port}, {@code https://host:port} or {@code memory:name}
         * @param more further members, of the same scheme
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for anything else
         */
        public Builder endpoints(String first, String... more) {
            values.endpoints = Endpoints.normalised("endpoints", first, Checks.notNull("more", more));
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
            values.endpoints = Endpoints.normalised("endpoints", endpoints);
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
            values.namespace = Checks.namespace("namespace", namespace);
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
            values.username = Checks.name("username", username);
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
            values.password = password;
            return this;
        }

        /**
         * Sets what connections over {@code https} trust.
         *
         * @param tls the material
         * @return this builder
         */
        public Builder tls(TlsOptions tls) {
            values.tls = Checks.notNull("tls", tls);
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
            values.requestTimeout = Checks.between(parameter, value, MIN_TIMEOUT, MAX_TIMEOUT);
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
            values.connectTimeout = Checks.between(parameter, value, MIN_TIMEOUT, MAX_TIMEOUT);
            return this;
        }

        /**
         * Opens the coordinator without waiting for the cluster.
         *
         * @param connectLazily default false
         * @return this builder
         */
        public Builder connectLazily(boolean connectLazily) {
            values.connectLazily = connectLazily;
            return this;
        }

        /**
         * Asks the cluster for all its members and connects to them, too: at the start, every minute, and when no member
         * answers. The members must be reachable at the client URLs that they announce; names and addresses of learners and
         * members without a client URL are left out.
         *
         * @param discoverMembers default false
         * @return this builder
         */
        public Builder discoverMembers(boolean discoverMembers) {
            values.discoverMembers = discoverMembers;
            return this;
        }

        /**
         * Limits how many calls may be under way to the cluster at once. Further ones wait their turn within their own time
         * limit; renewals, unlocks and revokes do not wait.
         *
         * @param maxCallsInFlight 1 to 10,000; default 256
         * @return this builder
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for another value
         */
        public Builder maxCallsInFlight(int maxCallsInFlight) {
            values.maxCallsInFlight = Checks.between("maxCallsInFlight", maxCallsInFlight, 1, 10_000);
            return this;
        }

        /**
         * Lets what locks send at the same time travel together: up to 64 acquisitions and releases of different locks in one
         * transaction. Many locks in many threads cost the server much less; a lone call costs the same. One that is lost
         * on the way leaves all that it carried open, where a call of its own leaves one.
         *
         * @param groupCommit default false
         * @return this builder
         */
        public Builder groupCommit(boolean groupCommit) {
            values.groupCommit = groupCommit;
            return this;
        }

        /**
         * Sets what hears of calls, watches and sessions, for metrics.
         *
         * @param instrumentation default {@link Instrumentation#NONE}
         * @return this builder
         */
        public Builder instrumentation(Instrumentation instrumentation) {
            values.instrumentation = Checks.notNull("instrumentation", instrumentation);
            return this;
        }

        /**
         * Sets how failed calls are repeated.
         *
         * @param retry default {@link RetryConfig#defaults()}
         * @return this builder
         */
        public Builder retry(RetryConfig retry) {
            values.retry = Checks.notNull("retry", retry);
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
            values.callbackExecutor = Checks.notNull("callbackExecutor", callbackExecutor);
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
            values.clientName = Checks.label("clientName", clientName);
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
            if (values.username == null && values.password != null) {
                throw Checks.invalid("username", null, "a password is set, so give the user name too");
            }
            if (values.username != null && values.password == null) {
                throw Checks.invalid("password", null, "a username is set, so give the password too");
            }
            Endpoints.checkTls(values.endpoints, values.tls != null);
            return new CoordinatorOptions(values.copy());
        }
    }
}

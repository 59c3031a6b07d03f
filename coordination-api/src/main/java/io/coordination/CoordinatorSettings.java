package io.coordination;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The values of {@link CoordinatorOptions} while they are being set; the options themselves keep a copy of their own. */
final class CoordinatorSettings {

    List<String> endpoints = List.of(CoordinatorOptions.DEFAULT_ENDPOINT);
    String namespace = CoordinatorOptions.DEFAULT_NAMESPACE;

    @Nullable
    String username;

    @Nullable
    String password;

    @Nullable
    TlsOptions tls;

    Duration requestTimeout = Duration.ofSeconds(5);
    Duration connectTimeout = Duration.ofSeconds(3);
    boolean connectLazily;
    boolean discoverMembers;
    int maxCallsInFlight = 256;
    boolean groupCommit;
    RetryConfig retry = RetryConfig.defaults();

    @Nullable
    Executor callbackExecutor;

    Instrumentation instrumentation = Instrumentation.NONE;

    @Nullable
    String clientName;

    CoordinatorSettings copy() {
        CoordinatorSettings copy = new CoordinatorSettings();
        copy.endpoints = endpoints;
        copy.namespace = namespace;
        copy.username = username;
        copy.password = password;
        copy.tls = tls;
        copy.requestTimeout = requestTimeout;
        copy.connectTimeout = connectTimeout;
        copy.connectLazily = connectLazily;
        copy.discoverMembers = discoverMembers;
        copy.maxCallsInFlight = maxCallsInFlight;
        copy.groupCommit = groupCommit;
        copy.retry = retry;
        copy.callbackExecutor = callbackExecutor;
        copy.instrumentation = instrumentation;
        copy.clientName = clientName;
        return copy;
    }

    /** Everything that makes two options equal. */
    List<@Nullable Object> all() {
        return Arrays.asList(
                endpoints,
                namespace,
                username,
                password,
                tls,
                requestTimeout,
                connectTimeout,
                connectLazily,
                discoverMembers,
                maxCallsInFlight,
                groupCommit,
                retry,
                callbackExecutor,
                instrumentation,
                clientName);
    }
}

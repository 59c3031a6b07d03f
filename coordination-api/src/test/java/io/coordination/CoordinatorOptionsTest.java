package io.coordination;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatorOptionsTest {
    private static CoordinatorOptions.Builder builder() {
        return CoordinatorOptions.builder();
    }

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        CoordinatorOptions defaults = CoordinatorOptions.defaults();
        assertThat(defaults.endpoints()).containsExactly("http://localhost:2379");
        assertThat(defaults.namespace()).isEqualTo("coordination");
        assertThat(defaults.username()).isEmpty();
        assertThat(defaults.password()).isEmpty();
        assertThat(defaults.tls()).isEmpty();
        assertThat(defaults.requestTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(defaults.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(defaults.connectLazily()).isFalse();
        assertThat(defaults.discoverMembers()).isFalse();
        assertThat(defaults.maxCallsInFlight()).isEqualTo(256);
        assertThat(defaults.groupCommit()).isFalse();
        assertThat(defaults.instrumentation()).isSameAs(Instrumentation.NONE);
        assertThat(defaults.retry()).isEqualTo(RetryConfig.defaults());
        assertThat(defaults.callbackExecutor()).isEmpty();
        assertThat(defaults.clientName()).isEmpty();
    }

    @Nested
    class EndpointsOption {
        @Test
        void everyMemberIsKeptOnceInNormalForm() {
            assertThat(builder()
                            .endpoints("http://a:1", "HTTP://b:2/", "http://[::1]:3", "http://a:1")
                            .build()
                            .endpoints())
                    .containsExactly("http://a:1", "http://b:2", "http://[::1]:3")
                    .isUnmodifiable();
        }

        @Test
        void oneMemoryStoreIsAnEndpoint() {
            assertThat(builder().endpoints("memory:test").build().endpoints()).containsExactly("memory:test");
            assertRefused(() -> builder().endpoints("memory:a", "memory:b"), "endpoints is ", "one endpoint only");
        }

        @Test
        void otherSchemesAreLeftToTheStores() {
            assertThat(builder().endpoints("zk://a:2181").build().endpoints()).containsExactly("zk://a:2181");
        }

        @Test
        void schemesMustNotBeMixed() {
            assertRefused(() -> builder().endpoints("http://a:1", "https://b:1"), "endpoints is ", "one scheme");
            assertRefused(() -> builder().endpoints("http://a:1", "memory:x"), "endpoints is ", "one scheme");
        }

        @Test
        void noneAndNullAreRefused() {
            assertRefused(() -> builder().endpoints(List.of()), "endpoints is []", "at least one");
            assertRefused(() -> builder().endpoints((List<String>) null), "endpoints is null");
            assertRefused(() -> builder().endpoints((String) null), "endpoints is null");
            assertRefused(() -> builder().endpoints("http://a:1", (String[]) null), "more is null");
            assertRefused(() -> builder().endpoints(Arrays.asList("http://a:1", null)), "endpoints is null");
        }

        @ParameterizedTest
        @ValueSource(strings = {"localhost:2379", "http://localhost", "", "http://a:1/x"})
        void malformedOnesAreRefusedAtOnce(String endpoint) {
            assertRefused(() -> builder().endpoints(endpoint), "endpoints is \"" + endpoint + "\"");
        }
    }

    @Nested
    class Tls {
        @Test
        void httpsNeedsTlsOptions() {
            assertRefused(
                    () -> builder().endpoints("https://a:1").build(),
                    "tls is null",
                    "tls(TlsOptions)",
                    "COORDINATION_TLS_CA");
            assertThat(builder()
                            .endpoints("https://a:1")
                            .tls(TlsOptions.jvmTrust())
                            .build()
                            .tls())
                    .contains(TlsOptions.jvmTrust());
        }

        @ParameterizedTest
        @ValueSource(strings = {"http://a:1", "memory:x"})
        void tlsOptionsNeedHttps(String endpoint) {
            assertRefused(
                    () -> builder()
                            .endpoints(endpoint)
                            .tls(TlsOptions.jvmTrust())
                            .build(),
                    "endpoints is ",
                    "https://");
        }
    }

    @Nested
    class Credentials {
        @Test
        void bothOrNone() {
            CoordinatorOptions options = builder().credentials("root", "secret").build();
            assertThat(options.username()).contains("root");
            assertThat(options.password()).contains("secret");
            assertRefused(() -> builder().username("root").build(), "password is null", "a username is set");
            assertRefused(() -> builder().password("secret").build(), "username is null", "a password is set");
        }

        @Test
        void emptyOnesAreRefused() {
            assertRefused(() -> builder().username(""), "username is \"\"");
            assertRefused(() -> builder().username(null), "username is null");
            assertRefused(() -> builder().password(""), "password is \"\"");
            assertRefused(() -> builder().password(null), "password is null");
        }

        @Test
        void thePasswordIsNeverShown() {
            assertThat(builder().credentials("root", "s3cret").build().toString())
                    .contains("username=root")
                    .doesNotContain("s3cret");
        }
    }

    @Nested
    class Timeouts {
        @ParameterizedTest
        @ValueSource(strings = {"PT0.1S", "PT1S", "PT5M"})
        void limitsAreIncluded(Duration timeout) {
            CoordinatorOptions options =
                    builder().requestTimeout(timeout).connectTimeout(timeout).build();
            assertThat(options.requestTimeout()).isEqualTo(timeout);
            assertThat(options.connectTimeout()).isEqualTo(timeout);
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT0S", "PT0.099S", "PT-1S", "PT5M0.001S"})
        void othersAreRefused(Duration timeout) {
            assertRefused(() -> builder().requestTimeout(timeout), "requestTimeout is ", "between 100 ms and 5 min");
            assertRefused(() -> builder().connectTimeout(timeout), "connectTimeout is ", "between 100 ms and 5 min");
        }
    }

    @Test
    void nullsAreRefusedByName() {
        assertRefused(() -> builder().namespace(null), "namespace is null");
        assertRefused(() -> builder().tls(null), "tls is null");
        assertRefused(() -> builder().retry(null), "retry is null");
        assertRefused(() -> builder().callbackExecutor(null), "callbackExecutor is null");
        assertRefused(() -> builder().clientName(null), "clientName is null");
        assertRefused(() -> builder().requestTimeout(null), "requestTimeout is null");
        assertRefused(() -> builder().instrumentation(null), "instrumentation is null");
    }

    @Test
    void callsInFlightAreBetweenOneAndTenThousand() {
        assertRefused(() -> builder().maxCallsInFlight(0), "maxCallsInFlight is 0", "between 1 and 10000");
        assertRefused(() -> builder().maxCallsInFlight(10_001), "maxCallsInFlight is 10001");
        assertThat(builder().maxCallsInFlight(1).build().maxCallsInFlight()).isEqualTo(1);
    }

    @Test
    void aBuilderGoesOnWithoutChangingWhatItBuilt() {
        CoordinatorOptions.Builder builder = builder().namespace("one");
        CoordinatorOptions first = builder.build();
        builder.namespace("two");
        first.toBuilder().namespace("three");
        assertThat(first.namespace()).isEqualTo("one");
    }

    @Test
    void namespaceAndClientNameAreChecked() {
        assertRefused(() -> builder().namespace("a/modules"), "namespace is ");
        assertRefused(() -> builder().clientName("x".repeat(129)), "clientName is ");
        assertThat(builder().namespace("eu/prod").clientName("host 1").build())
                .satisfies(options -> assertThat(options.namespace()).isEqualTo("eu/prod"))
                .satisfies(options -> assertThat(options.clientName()).contains("host 1"));
    }

    static Stream<Consumer<CoordinatorOptions.Builder>> changes() {
        return Stream.of(
                b -> b.endpoints("https://other:1"),
                b -> b.namespace("other"),
                b -> b.username("other"),
                b -> b.password("other"),
                b -> b.tls(TlsOptions.builder().authority("other").build()),
                b -> b.requestTimeout(Duration.ofSeconds(8)),
                b -> b.connectTimeout(Duration.ofSeconds(8)),
                b -> b.connectLazily(false),
                b -> b.discoverMembers(false),
                b -> b.maxCallsInFlight(1),
                b -> b.groupCommit(false),
                b -> b.instrumentation(Instrumentation.NONE),
                b -> b.retry(RetryConfig.none()),
                b -> b.callbackExecutor(task -> {}),
                b -> b.clientName("other"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void equalityTakesEveryValueIntoAccount(Consumer<CoordinatorOptions.Builder> change) {
        Executor executor = Runnable::run;
        CoordinatorOptions options = builder()
                .endpoints("https://a:1")
                .namespace("ns")
                .credentials("root", "secret")
                .tls(TlsOptions.jvmTrust())
                .requestTimeout(Duration.ofSeconds(7))
                .connectTimeout(Duration.ofSeconds(6))
                .connectLazily(true)
                .discoverMembers(true)
                .maxCallsInFlight(7)
                .groupCommit(true)
                .instrumentation(new Instrumentation() {})
                .retry(RetryConfig.builder().maxAttempts(9).build())
                .callbackExecutor(executor)
                .clientName("me")
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.callbackExecutor()).containsSame(executor);
        CoordinatorOptions.Builder changed = options.toBuilder();
        change.accept(changed);
        assertThat(changed.build()).isNotEqualTo(options);
    }
}

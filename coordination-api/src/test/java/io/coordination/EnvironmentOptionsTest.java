package io.coordination;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentOptionsTest {
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    private EnvironmentOptions.Loaded load() {
        return new EnvironmentOptions(properties::get, variables::get).load();
    }

    @Test
    void nothingSetMeansTheDefaults() {
        assertThat(load()).isEqualTo(new EnvironmentOptions.Loaded(CoordinatorOptions.defaults(), "default"));
    }

    @Test
    void everyVariableIsRead() {
        variables.put("COORDINATION_ENDPOINTS", "https://a:1, https://b:2,");
        variables.put("COORDINATION_NAMESPACE", " prod/eu ");
        variables.put("COORDINATION_USERNAME", "root");
        variables.put("COORDINATION_PASSWORD", "secret");
        variables.put("COORDINATION_REQUEST_TIMEOUT", "500ms");
        variables.put("COORDINATION_CONNECT_TIMEOUT", "PT2M");
        variables.put("COORDINATION_TLS_CA", "ca.pem");
        variables.put("COORDINATION_TLS_CERT", "client.pem");
        variables.put("COORDINATION_TLS_KEY", "key.pem");
        assertThat(load().options())
                .isEqualTo(CoordinatorOptions.builder()
                        .endpoints("https://a:1", "https://b:2")
                        .namespace("prod/eu")
                        .credentials("root", "secret")
                        .requestTimeout(Duration.ofMillis(500))
                        .connectTimeout(Duration.ofMinutes(2))
                        .tls(TlsOptions.builder()
                                .trustCertificates(Path.of("ca.pem"))
                                .clientCertificate(Path.of("client.pem"), Path.of("key.pem"))
                                .build())
                        .build());
        assertThat(load().endpointsSource()).isEqualTo("environment variable COORDINATION_ENDPOINTS");
    }

    @ParameterizedTest
    @CsvSource({
        "coordination.endpoints,COORDINATION_ENDPOINTS,http://property:1,http://variable:1",
        "coordination.namespace,COORDINATION_NAMESPACE,property,variable",
        "coordination.request-timeout,COORDINATION_REQUEST_TIMEOUT,11s,12s",
        "coordination.connect-timeout,COORDINATION_CONNECT_TIMEOUT,11s,12s"
    })
    void aPropertyBeatsTheVariable(String property, String variable, String fromProperty, String fromVariable) {
        properties.put(property, fromProperty);
        CoordinatorOptions alone = load().options();
        variables.put(variable, fromVariable);
        assertThat(load().options()).isEqualTo(alone).isNotEqualTo(CoordinatorOptions.defaults());
        properties.clear();
        assertThat(load().options()).isNotEqualTo(alone).isNotEqualTo(CoordinatorOptions.defaults());
    }

    @Test
    void thePublicLoaderReadsThisProcess() {
        System.setProperty("coordination.namespace", "from-this-process");
        try {
            assertThat(CoordinatorOptions.fromEnvironment().namespace()).isEqualTo("from-this-process");
        } finally {
            System.clearProperty("coordination.namespace");
        }
    }

    @Test
    void theSourceOfTheEndpointsIsToldInWords() {
        properties.put("coordination.endpoints", "http://a:1");
        variables.put("COORDINATION_ENDPOINTS", "http://b:1");
        assertThat(load().endpointsSource()).isEqualTo("system property coordination.endpoints");
    }

    @Test
    void emptyMeansNotSet() {
        properties.put("coordination.endpoints", "");
        variables.put("COORDINATION_ENDPOINTS", "  ");
        variables.put("COORDINATION_PASSWORD", "");
        assertThat(load()).isEqualTo(new EnvironmentOptions.Loaded(CoordinatorOptions.defaults(), "default"));
    }

    @Test
    void userNameAndPasswordMayComeFromDifferentPlaces() {
        properties.put("coordination.username", "root");
        variables.put("COORDINATION_PASSWORD", "secret");
        assertThat(load().options().username()).contains("root");
        assertThat(load().options().password()).contains("secret");
    }

    @Nested
    class BadValues {
        @Test
        void nameTheirSource() {
            variables.put("COORDINATION_NAMESPACE", "a b");
            assertRefused(() -> load(), "environment variable COORDINATION_NAMESPACE is \"a b\"");
            properties.put("coordination.namespace", "modules");
            assertRefused(() -> load(), "system property coordination.namespace is \"modules\"");
        }

        @Test
        void ofEndpointsNameTheirSource() {
            variables.put("COORDINATION_ENDPOINTS", "localhost:2379");
            assertRefused(() -> load(), "environment variable COORDINATION_ENDPOINTS is \"localhost:2379\"");
            variables.put("COORDINATION_ENDPOINTS", ",");
            assertRefused(() -> load(), "environment variable COORDINATION_ENDPOINTS is []", "at least one");
        }

        @Test
        void ofTimeoutsNameTheirSource() {
            properties.put("coordination.request-timeout", "soon");
            assertRefused(() -> load(), "system property coordination.request-timeout is \"soon\"", "500ms");
            properties.put("coordination.request-timeout", "10m");
            assertRefused(() -> load(), "system property coordination.request-timeout is 10 min", "5 min");
            properties.clear();
            variables.put("COORDINATION_CONNECT_TIMEOUT", "0s");
            assertRefused(() -> load(), "environment variable COORDINATION_CONNECT_TIMEOUT is 0 s");
        }

        @Test
        void aKeyNeedsACertificateAndTheOtherWayRound() {
            variables.put("COORDINATION_TLS_CERT", "client.pem");
            assertRefused(() -> load(), "tls.key is null", "environment variable COORDINATION_TLS_CERT is set");
            variables.clear();
            variables.put("COORDINATION_TLS_KEY", "key.pem");
            assertRefused(() -> load(), "tls.cert is null", "environment variable COORDINATION_TLS_KEY is set");
            variables.put("COORDINATION_TLS_KEY", "a\0b");
            variables.put("COORDINATION_TLS_CERT", "client.pem");
            assertRefused(() -> load(), "environment variable COORDINATION_TLS_KEY is \"a\\u0000b\"", "PEM file");
        }

        @Test
        void halfOfTheCredentialsIsRefused() {
            variables.put("COORDINATION_USERNAME", "root");
            assertRefused(() -> load(), "password is null");
        }

        @Test
        void tlsWithoutHttpsIsRefused() {
            variables.put("COORDINATION_TLS_CA", "ca.pem");
            assertRefused(() -> load(), "endpoints is [http://localhost:2379]", "https://");
        }
    }
}

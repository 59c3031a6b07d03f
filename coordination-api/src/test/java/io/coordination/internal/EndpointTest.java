package io.coordination.internal;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "http://localhost:2379,http,localhost,2379",
        "https://etcd-1.example.com:443,https,etcd-1.example.com,443",
        "HTTP://10.0.0.1:1,http,10.0.0.1,1",
        "http://[::1]:2379,http,::1,2379",
        "http://etcd_1:2379,http,etcd_1,2379",
        "http://localhost:2379/,http,localhost,2379",
        "memory:test,memory,test,0",
        "MEMORY:a.B-c_9,memory,a.B-c_9,0"
    })
    void endpointsAreTakenApart(String text, String scheme, String host, int port) {
        assertThat(Endpoint.parse("endpoints", text)).isEqualTo(new Endpoint(scheme, host, port));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP://localhost:2379/,http://localhost:2379",
        "http://[::1]:2379,http://[::1]:2379",
        "memory:test,memory:test"
    })
    void theTextIsTheNormalForm(String text, String normal) {
        Endpoint endpoint = Endpoint.parse("endpoints", text);
        assertThat(endpoint).hasToString(normal);
        assertThat(Endpoint.parse("endpoints", endpoint.toString())).isEqualTo(endpoint);
    }

    @Test
    void theAuthorityBracketsIpv6() {
        assertThat(new Endpoint("http", "::1", 2379).authority()).isEqualTo("[::1]:2379");
        assertThat(new Endpoint("http", "a", 2379).authority()).isEqualTo("a:2379");
        assertThat(new Endpoint("memory", "a", 0).authority()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "localhost:2379",
                "10.0.0.1:2379",
                "//localhost:2379",
                "://x:1",
                "http://",
                "http:///a",
                "memory:",
                "memory://",
                "memory:1",
                "memory:a/b",
                "memory:a b",
                "http:localhost",
                "http://local host:1",
                "http://a:1,http://b:2"
            })
    void textsThatAreNoEndpointAreRefusedWithTheForm(String text) {
        assertRefused(() -> Endpoint.parse("endpoints", text), "endpoints is ", "http");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://localhost:",
                "http://:2379",
                "http://::1:2379",
                "http://[::1]",
                "http://[fe80::1%25eth0]:1"
            })
    void hostAndPortMustBeThere(String text) {
        assertRefused(() -> Endpoint.parse("endpoints", text), "endpoints is \"" + text + "\"", "a host and a port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:0", "http://localhost:65536", "http://localhost:99999"})
    void thePortHasLimits(String text) {
        assertRefused(() -> Endpoint.parse("endpoints", text), "endpoints is ", "between 1 and 65535");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a:1/prod", "http://a:1?x=y", "http://a:1#f", "http://a:1/?x"})
    void pathsAndQueriesAreRefused(String text) {
        assertRefused(() -> Endpoint.parse("endpoints", text), "endpoints is ", "leave out path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://root:secret@a:1", "http://root:se cret@a:1", "http://root:secret@a:1/path"})
    void credentialsInEndpointsAreRefusedAndNotRepeated(String text) {
        assertRefused(() -> Endpoint.parse("endpoints", text), "endpoints is \"…@…\"");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Endpoint.parse("endpoints", text)))
                .hasMessageNotContaining("cret");
    }
}

package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.TlsOptions;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class EndpointTest {

    @Test
    void hostPortAndSchemeAreTakenApart() {
        assertThat(Endpoint.parse("http://10.0.0.1:2380")).isEqualTo(new Endpoint("10.0.0.1", 2380, false));
        assertThat(Endpoint.parse("https://etcd.example")).isEqualTo(new Endpoint("etcd.example", 2379, true));
    }

    @Test
    void anIpv6LiteralLosesItsBracketsAndGetsThemBackWhereTheyBelong() throws UnknownHostException {
        Endpoint endpoint = Endpoint.parse("http://[::1]:2379");

        assertThat(endpoint.host()).isEqualTo("::1");
        assertThat(endpoint.authority()).isEqualTo("[::1]:2379");
        assertThat(endpoint).hasToString("http://[::1]:2379");
        assertThat(endpoint.isLiteral()).isTrue();
        assertThat(endpoint.resolve()).hasSize(1);
    }

    @Test
    void onlyAddressesAreLiterals() {
        assertThat(Endpoint.parse("http://127.0.0.1:1").isLiteral()).isTrue();
        assertThat(Endpoint.parse("http://localhost:1").isLiteral()).isFalse();
        assertThat(Endpoint.parse("http://10.example:1").isLiteral()).isFalse();
    }

    @Test
    void theNameInTheCertificateCanBeAnother() {
        assertThat(Endpoint.parse("https://10.0.0.1:2379").authorityOf("etcd.example"))
                .isEqualTo("etcd.example:2379");
    }

    @Test
    void whatIsNoHttpUriIsRefusedByName() {
        for (String wrong : new String[] {"ftp://a:1", "http://", "no uri at all", "memory:x", "http://a_b:1"}) {
            assertThatThrownBy(() -> Endpoint.parse(wrong))
                    .isInstanceOf(CoordinationException.class)
                    .hasMessageContaining("'" + wrong + "'")
                    .hasMessageContaining("http://host:port");
        }
    }

    @Test
    void anEndpointGivenTwiceIsUsedOnce() {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("http://a:1", "http://a:1", "http://b:1")
                .build();

        assertThat(Endpoint.of(options)).containsExactly(Endpoint.parse("http://a:1"), Endpoint.parse("http://b:1"));
    }

    @Test
    void tlsEndpointsComeWithTlsOptions() {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("https://a:1")
                .tls(TlsOptions.jvmTrust())
                .build();

        assertThat(Endpoint.of(options)).containsExactly(new Endpoint("a", 1, true));
    }
}

package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndpointResolverTest {

    private final Queue<Runnable> lookups = new ArrayDeque<>();
    private final List<StatusOr<List<EquivalentAddressGroup>>> results = new ArrayList<>();

    private EndpointResolver start(Optional<String> certificateName, String endpoint) {
        EndpointResolver resolver = new EndpointResolver(Endpoint.parse(endpoint), certificateName, lookups::add);
        resolver.start(new NameResolver.Listener2() {
            @Override
            public void onResult(NameResolver.ResolutionResult result) {
                results.add(result.getAddressesOrError());
            }

            @Override
            public void onError(Status failure) {
                results.add(StatusOr.fromStatus(failure));
            }
        });
        return resolver;
    }

    private static List<String> authorities(List<EquivalentAddressGroup> groups) {
        return groups.stream()
                .map(group -> group.getAttributes().get(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1:1, 127.0.0.1:1", "http://[::1]:2, [::1]:2"})
    void anEndpointIsAGroupWithItsOwnAuthority(String endpoint, String authority) {
        EndpointResolver resolver = start(Optional.empty(), endpoint);

        assertThat(lookups).isEmpty();
        List<EquivalentAddressGroup> groups = results.get(0).getValue();
        assertThat(authorities(groups)).containsExactly(authority);
        assertThat(groups.get(0).getAddresses()).hasSize(1);
        assertThat(resolver.getServiceAuthority()).isEqualTo(authority);
    }

    @Test
    void aNameForAllCertificatesReplacesTheHost() {
        start(Optional.of("etcd.example"), "https://127.0.0.1:1");

        assertThat(authorities(results.get(0).getValue())).containsExactly("etcd.example:1");
    }

    @Test
    void namesAreLookedUpElsewhereAndAgainOnRefresh() {
        EndpointResolver resolver = start(Optional.empty(), "http://localhost:1");
        assertThat(results).isEmpty();
        lookups.remove().run();
        assertThat(authorities(results.get(0).getValue())).containsExactly("localhost:1");

        resolver.refresh();
        resolver.refresh();

        assertThat(lookups).hasSize(1);
        lookups.remove().run();
        assertThat(results).hasSize(2);
    }

    @Test
    void literalsAreNotLookedUpAgain() {
        EndpointResolver resolver = start(Optional.empty(), "http://127.0.0.1:1");

        resolver.refresh();

        assertThat(results).hasSize(1);
        assertThat(lookups).isEmpty();
    }

    @Test
    void withoutAnyAddressCallsFailWithTheReason() {
        start(Optional.empty(), "http://nowhere.invalid:1");
        lookups.remove().run();

        Status status = results.get(0).getStatus();
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getCause()).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void afterTheShutdownNothingIsTold() {
        EndpointResolver resolver = start(Optional.empty(), "http://localhost:1");

        resolver.shutdown();
        lookups.remove().run();

        assertThat(results).isEmpty();
    }
}

package io.coordination.testkit;

import io.coordination.Coordinator;
import io.coordination.registry.ServiceInfo;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two coordinators and a service name of its own for each test of {@link RegistryContract}. */
abstract class RegistryFixture {

    /** Far below the TTL of the instances, so that what happens within it was not brought about by an expiry. */
    static final Duration SOON = Duration.ofSeconds(10);

    final String service = "svc-" + UUID.randomUUID();
    Coordinator mine;
    Coordinator other;

    @SuppressWarnings("NullAway.Init")
    RegistryFixture() {}

    /** Connects one more coordinator to the store under test; the test closes it. */
    protected abstract Coordinator connect();

    @BeforeEach
    void openCoordinators() {
        mine = connect();
        other = connect();
    }

    @AfterEach
    void closeCoordinators() {
        mine.close();
        other.close();
    }

    ServiceInfo instance(String id) {
        return instance(id, "10.0.0.7");
    }

    ServiceInfo instance(String id, String address) {
        return ServiceInfo.builder()
                .name(service)
                .id(id)
                .address(address)
                .port(8080)
                .metadata("zone", "b")
                .ttl(Duration.ofMinutes(5))
                .build();
    }
}

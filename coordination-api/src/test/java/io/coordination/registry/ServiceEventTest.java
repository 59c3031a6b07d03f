package io.coordination.registry;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceEventTest {
    private static final Instant NOW = Instant.EPOCH;
    private static final ServiceInfo ONE =
            ServiceInfo.builder().id("1").name("orders").address("a").port(1).build();
    private static final ServiceInfo OTHER = ONE.toBuilder().port(2).build();

    @Test
    void everyEventKnowsItsService() {
        List<ServiceEvent> events = List.of(
                new ServiceEvent.Snapshot("orders", List.of(ONE), 1, NOW),
                new ServiceEvent.Added(ONE, 2, NOW),
                new ServiceEvent.Updated(OTHER, ONE, 3, NOW),
                new ServiceEvent.Removed(OTHER, 4, NOW));
        assertThat(events).extracting(ServiceEvent::service).containsOnly("orders");
        assertThat(events).extracting(ServiceEvent::revision).containsExactly(1L, 2L, 3L, 4L);
        assertThat(events).extracting(ServiceEvent::receivedAt).containsOnly(NOW);
    }

    @Test
    void theFamilyIsComplete() {
        assertThat(ServiceEvent.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(
                        ServiceEvent.Snapshot.class,
                        ServiceEvent.Added.class,
                        ServiceEvent.Updated.class,
                        ServiceEvent.Removed.class);
    }

    @Test
    void aSnapshotCopiesItsInstances() {
        List<ServiceInfo> instances = new ArrayList<>(List.of(ONE));
        ServiceEvent.Snapshot snapshot = new ServiceEvent.Snapshot("orders", instances, 1, NOW);
        instances.clear();
        assertThat(snapshot.instances()).containsExactly(ONE).isUnmodifiable();
    }

    @Test
    void nullsAreRefused() {
        assertRefused(() -> new ServiceEvent.Snapshot(null, List.of(), 1, NOW), "service is null");
        assertRefused(
                () -> new ServiceEvent.Snapshot("a", Arrays.asList(ONE, null), 1, NOW), "an element of instances");
        assertRefused(() -> new ServiceEvent.Snapshot("a", List.of(), 1, null), "receivedAt is null");
        assertRefused(() -> new ServiceEvent.Added(null, 1, NOW), "instance is null");
        assertRefused(() -> new ServiceEvent.Added(ONE, 1, null), "receivedAt is null");
        assertRefused(() -> new ServiceEvent.Updated(ONE, null, 1, NOW), "previous is null");
        assertRefused(() -> new ServiceEvent.Updated(null, ONE, 1, NOW), "instance is null");
        assertRefused(() -> new ServiceEvent.Removed(null, 1, NOW), "instance is null");
    }
}

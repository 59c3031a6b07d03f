package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.SERVICE;
import static io.coordination.registry.internal.Cluster.TTL;
import static io.coordination.registry.internal.Cluster.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationClosedException;
import io.coordination.Watch;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceEvent;
import io.coordination.registry.ServiceInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceWatchTest {

    private final Cluster cluster = new Cluster();
    private final Node provider = cluster.node();
    private final Node node = cluster.node();
    private final List<ServiceEvent> events = new ArrayList<>();

    /** The events as words; an address says which state of an instance is meant. */
    private List<String> told() {
        List<String> told = events.stream().map(ServiceWatchTest::describe).toList();
        events.clear();
        return told;
    }

    private static String describe(ServiceEvent event) {
        if (event instanceof ServiceEvent.Snapshot snapshot) {
            return "snapshot "
                    + snapshot.instances().stream().map(ServiceInfo::id).toList();
        } else if (event instanceof ServiceEvent.Added added) {
            return "added " + describe(added.instance());
        } else if (event instanceof ServiceEvent.Updated updated) {
            return "updated " + describe(updated.previous()) + " to " + describe(updated.instance());
        }
        return "removed " + describe(((ServiceEvent.Removed) event).instance());
    }

    private static String describe(ServiceInfo instance) {
        return instance.id() + "@" + instance.address();
    }

    @Test
    void beginsWithASnapshotInOrderAndGoesOnWithChanges() {
        provider.register("b");
        Registration registration = provider.register("a");
        node.registry.watch(SERVICE, events::add);
        provider.registry.register(instance("c", "10.0.0.3"));
        registration.close();
        assertThat(told()).containsExactly("snapshot [a, b]", "added c@10.0.0.3", "removed a@10.0.0.1");
    }

    @Test
    void beginsWithAnEmptySnapshotWhereNobodyIs() {
        node.registry.watch(SERVICE, events::add);
        assertThat(told()).containsExactly("snapshot []");
    }

    @Test
    void tellsRevisionAndTime() {
        node.registry.watch(SERVICE, events::add);
        cluster.time.advance(Duration.ofSeconds(3));
        provider.register("a");
        ServiceEvent added = events.get(1);
        assertThat(added.revision()).isEqualTo(cluster.entry("a").orElseThrow().modRevision());
        assertThat(added.receivedAt()).isEqualTo(cluster.time.now());
        assertThat(added.service()).isEqualTo(SERVICE);
        assertThat(events.get(0).revision()).isLessThan(added.revision());
    }

    @Test
    void tellsTheWholeInstanceWhenItsProcessDied() {
        provider.registry.register(
                instance("a").toBuilder().metadata("zone", "b").build());
        node.registry.watch(SERVICE, events::add);
        provider.store.disconnect();
        cluster.time.advance(TTL.plusSeconds(1));
        assertThat(events.get(1))
                .isInstanceOfSatisfying(
                        ServiceEvent.Removed.class,
                        removed -> assertThat(removed.instance())
                                .isEqualTo(instance("a").toBuilder()
                                        .metadata("zone", "b")
                                        .build()));
    }

    @Test
    void tellsAnUpdateWithWhatWasBefore() {
        cluster.put("a", "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1}");
        node.registry.watch(SERVICE, events::add);
        cluster.put("a", "{\"schema\":1,\"address\":\"10.0.0.2\",\"port\":1}");
        cluster.put("a", "{\"schema\":1,\"address\":\"10.0.0.2\",\"port\":1,\"nonce\":\"x\"}");
        cluster.put("a", "{");
        cluster.put("a", "{\"schema\":1,\"address\":\"10.0.0.3\",\"port\":1}");
        assertThat(told())
                .containsExactly(
                        "snapshot [a]", "updated a@10.0.0.1 to a@10.0.0.2", "updated a@10.0.0.2 to a@10.0.0.3");
    }

    @Test
    void tellsTheDifferenceAfterAGap() {
        Registration gone = provider.register("gone");
        provider.register("stays");
        Registration moved = provider.register("moved");
        node.registry.watch(SERVICE, events::add);
        node.store.watches().cut();
        gone.close();
        moved.close();
        provider.registry.register(instance("new", "10.0.0.4"));
        provider.registry.register(instance("moved", "10.0.0.9"));
        provider.register("brief").close();
        cluster.compact();
        node.store.watches().resume();
        cluster.time.advance(Duration.ofSeconds(5));
        List<Long> revisions = events.stream().map(ServiceEvent::revision).toList();
        assertThat(revisions).isSorted();
        assertThat(told())
                .containsExactly(
                        "snapshot [gone, moved, stays]",
                        "added new@10.0.0.4",
                        "updated moved@10.0.0.1 to moved@10.0.0.9",
                        "removed gone@10.0.0.1");
    }

    @Test
    void losesNothingWhenTheConnectionBreaks() {
        node.registry.watch(SERVICE, events::add);
        node.store.watches().cut();
        provider.register("a").close();
        provider.register("b");
        node.store.watches().resume();
        assertThat(told()).containsExactly("snapshot []", "added a@10.0.0.1", "removed a@10.0.0.1", "added b@10.0.0.1");
    }

    @Test
    void hearsTheSnapshotLaterWhenTheServerCannotBeReached() {
        provider.register("a");
        node.store.disconnect();
        node.registry.watch(SERVICE, events::add);
        cluster.time.advance(Duration.ofMinutes(10));
        assertThat(events).isEmpty();
        node.store.reconnect();
        cluster.time.advance(Duration.ofSeconds(10));
        assertThat(told()).containsExactly("snapshot [a]");
    }

    @Test
    void aLateWatchBeginsWithWhatIsThereByThen() {
        node.registry.watch(SERVICE, event -> {});
        provider.register("a");
        node.registry.watch(SERVICE, events::add);
        provider.register("b");
        assertThat(told()).containsExactly("snapshot [a]", "added b@10.0.0.1");
    }

    @Test
    void aListenerThatThrowsGoesOnHearingAndHarmsNobody() {
        node.registry.watch(SERVICE, event -> {
            events.add(event);
            throw new IllegalStateException("listener");
        });
        List<ServiceEvent> others = new ArrayList<>();
        node.registry.watch(SERVICE, others::add);
        provider.register("a");
        assertThat(told()).containsExactly("snapshot []", "added a@10.0.0.1");
        assertThat(others).hasSize(2);
    }

    @Test
    void aListenerMayUseTheRegistry() {
        List<Integer> sizes = new ArrayList<>();
        node.registry.watch(
                SERVICE, event -> sizes.add(node.registry.discover(SERVICE).size()));
        provider.register("a");
        assertThat(sizes).containsExactly(0, 1);
    }

    @Test
    void hearsNothingAfterTheClose() {
        Watch watch = node.registry.watch(SERVICE, events::add);
        watch.close();
        provider.register("a");
        assertThat(told()).containsExactly("snapshot []");
        assertThat(watch.isClosed()).isTrue();
    }

    @Test
    void endsWithTheRegistry() {
        Watch watch = node.registry.watch(SERVICE, events::add);
        node.registry.close();
        provider.register("a");
        assertThat(told()).containsExactly("snapshot []");
        assertThat(watch.isClosed()).isTrue();
        assertThatThrownBy(() -> node.registry.watch(SERVICE, events::add))
                .isInstanceOf(CoordinationClosedException.class);
    }

    @Test
    void ofAModuleEndsWithTheModuleAlone() {
        MirroredRegistry module = node.registry.ofModule("billing");
        Watch modules = module.watch(SERVICE, event -> {});
        Watch roots = node.registry.watch(SERVICE, events::add);
        module.close();
        provider.register("a");
        assertThat(modules.isClosed()).isTrue();
        assertThat(roots.isClosed()).isFalse();
        assertThat(told()).containsExactly("snapshot []", "added a@10.0.0.1");
    }

    @Test
    void manyInstancesThatGoInOneRevisionAreAllTold() {
        for (int i = 0; i < 900; i++) {
            provider.register("i" + i);
        }
        node.registry.watch(SERVICE, events::add);
        provider.store.disconnect();
        cluster.time.advance(TTL.plusSeconds(1));
        assertThat(events).hasSize(901);
        assertThat(events.subList(1, 901)).allMatch(ServiceEvent.Removed.class::isInstance);
        assertThat(events.subList(1, 901).stream().map(ServiceEvent::revision).distinct())
                .hasSize(1);
    }
}

package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Watch;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link RegistryContract} about watches. */
abstract class RegistryWatchRules extends RegistryFixture {

    @Nested
    class Watching {

        private final List<ServiceEvent> events = new CopyOnWriteArrayList<>();

        private void awaitEvents(int count) {
            await().atMost(SOON).until(() -> events.size() >= count);
        }

        @Test
        void beginsWithASnapshotInOrderOfIds() {
            other.registry().register(instance("b"));
            other.registry().register(instance("a"));
            mine.registry().watch(service, events::add);
            awaitEvents(1);
            assertThat(events.get(0)).isInstanceOfSatisfying(ServiceEvent.Snapshot.class, snapshot -> {
                assertThat(snapshot.instances()).containsExactly(instance("a"), instance("b"));
                assertThat(snapshot.service()).isEqualTo(service);
            });
        }

        @Test
        void tellsWhoComesAndGoesInOrder() {
            mine.registry().watch(service, events::add);
            awaitEvents(1);
            Registration a = other.registry().register(instance("a"));
            Registration b = mine.registry().register(instance("b"));
            a.close();
            b.close();
            awaitEvents(5);
            assertThat(events.stream().map(RegistryWatchRules::describe))
                    .containsExactly("snapshot of 0", "added a", "added b", "removed a", "removed b");
            assertThat(events.stream().map(ServiceEvent::revision).toList()).isSorted();
            assertThat(events).allMatch(event -> event.service().equals(service));
        }

        @Test
        void tellsTheWholeInstanceThatWent() {
            Registration registration = other.registry().register(instance("a"));
            mine.registry().watch(service, events::add);
            awaitEvents(1);
            registration.close();
            awaitEvents(2);
            assertThat(events.get(1))
                    .isInstanceOfSatisfying(
                            ServiceEvent.Removed.class,
                            removed -> assertThat(removed.instance()).isEqualTo(instance("a")));
        }

        @Test
        void tellsTheInstancesOfACoordinatorThatCloses() {
            other.registry().register(instance("a"));
            other.registry().register(instance("b"));
            mine.registry().watch(service, events::add);
            awaitEvents(1);
            other.close();
            awaitEvents(3);
            assertThat(events.stream().skip(1).map(RegistryWatchRules::describe))
                    .containsExactlyInAnyOrder("removed a", "removed b");
        }

        @Test
        void agreesWithDiscovery() {
            mine.registry().watch(service, events::add);
            awaitEvents(1);
            for (int i = 0; i < 50; i++) {
                other.registry().register(instance("i" + i));
            }
            awaitEvents(51);
            assertThat(events.stream().skip(1))
                    .allMatch(ServiceEvent.Added.class::isInstance)
                    .hasSize(50);
            assertThat(mine.registry().discover(service)).hasSize(50);
        }

        @Test
        void isNotDisturbedByAListenerThatThrows() {
            AtomicInteger thrown = new AtomicInteger();
            mine.registry().watch(service, event -> {
                thrown.incrementAndGet();
                throw new IllegalStateException("a listener that throws, because a test wants it so");
            });
            mine.registry().watch(service, events::add);
            awaitEvents(1);
            await().atMost(SOON).until(() -> thrown.get() == 1); // else the snapshot may have the instance already
            other.registry().register(instance("a"));
            await().atMost(SOON).until(() -> thrown.get() == 2);
            awaitEvents(2);
        }

        @Test
        void endsWithItsClose() {
            Watch watch = mine.registry().watch(service, events::add);
            awaitEvents(1);
            watch.close();
            watch.close();
            List<ServiceEvent> later = new CopyOnWriteArrayList<>();
            mine.registry().watch(service, later::add);
            other.registry().register(instance("a"));
            await().atMost(SOON).until(() -> later.stream().anyMatch(RegistryWatchRules::isAboutA));
            assertThat(events).hasSize(1);
            assertThat(watch.isClosed()).isTrue();
        }

        @Test
        void endsWithItsCoordinator() {
            Watch watch = mine.registry().watch(service, events::add);
            mine.close();
            assertThat(watch.isClosed()).isTrue();
        }

        @Test
        void neverCallsAListenerConcurrently() {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            mine.registry().watch(service, event -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                inside.decrementAndGet();
                events.add(event);
            });
            List<Registration> all =
                    IntStream.range(0, 50)
                            .mapToObj(i -> other.registry().registerAsync(instance("i" + i)))
                            .toList()
                            .stream()
                            .map(CompletableFuture::join)
                            .toList();
            all.forEach(Registration::close);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> mine.registry().discover(service).isEmpty() && !events.isEmpty());
            assertThat(most).hasValue(1);
        }
    }

    private static boolean isAboutA(ServiceEvent event) {
        if (event instanceof ServiceEvent.Snapshot snapshot) {
            return snapshot.instances().stream()
                    .anyMatch(instance -> instance.id().equals("a"));
        }
        return event instanceof ServiceEvent.Added;
    }

    private static String describe(ServiceEvent event) {
        if (event instanceof ServiceEvent.Snapshot snapshot) {
            return "snapshot of " + snapshot.instances().size();
        } else if (event instanceof ServiceEvent.Added added) {
            return "added " + added.instance().id();
        } else if (event instanceof ServiceEvent.Updated updated) {
            return "updated " + updated.instance().id();
        }
        return "removed " + ((ServiceEvent.Removed) event).instance().id();
    }
}

package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.SERVICE;
import static io.coordination.registry.internal.Cluster.TTL;
import static io.coordination.registry.internal.Cluster.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.ConflictException;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RegistrationTest {

    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();

    @Nested
    class Registering {

        @Test
        void putsOneKeyOnTheSessionsLease() {
            Registration registration = node.register("a");
            KeyValue entry = cluster.entry("a").orElseThrow();
            assertThat(node.store.leases()).contains(entry.lease());
            assertThat(cluster.keysBelow("services/")).containsExactly(cluster.key("a"));
            assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
            assertThat(registration.service()).isEqualTo(instance("a"));
        }

        @Test
        void writesAValueThatPeopleCanRead() {
            node.register("a");
            assertThat(cluster.entry("a").orElseThrow().value().utf8())
                    .contains("\"schema\":1", "\"name\":\"orders\"", "\"id\":\"a\"", "\"address\":\"10.0.0.1\"")
                    .contains("\"port\":8080", "\"ttlSeconds\":12", "\"registeredAt\":\"2030-01-01T00:00:00Z\"");
        }

        @Test
        void makesAnIdWhenNoneIsGiven() {
            ServiceInfo nameless = ServiceInfo.of(SERVICE, "10.0.0.1", 8080);
            String first = node.registry.register(nameless).service().id();
            String second = node.registry.register(nameless).service().id();
            assertThat(first).matches("orders-[0-9a-z]{12,}").isNotEqualTo(second);
            assertThat(cluster.entry(first)).isPresent();
        }

        @Test
        void spreadsManyInstancesOverSessions() {
            List<Registration> all = new ArrayList<>();
            IntStream.range(0, 1_500).forEach(i -> all.add(node.register("i" + i)));
            assertThat(node.registry.discover(SERVICE)).hasSize(1_500);
            var perLease =
                    cluster
                            .memory
                            .range(RangeQuery.prefix(cluster.keys.servicePrefix(SERVICE)))
                            .join()
                            .entries()
                            .stream()
                            .collect(Collectors.groupingBy(KeyValue::lease, Collectors.counting()));
            assertThat(perLease.values()).containsExactlyInAnyOrder(1_000L, 500L);
            all.forEach(Registration::close);
            assertThat(cluster.keysBelow("services/")).isEmpty();
        }

        @Test
        void refusesAnIdThatThisCoordinatorHasAlready() {
            node.register("a");
            assertThat(Node.failureOf(node.registering(instance("a"))))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("'a'")
                    .hasMessageContaining("'orders'")
                    .hasMessageContaining("already");
            assertThat(cluster.address("a")).contains("10.0.0.1");
        }

        @Test
        void takesTheSameIdUnderAnotherService() {
            node.register("a");
            node.registry.register(instance("a").toBuilder().name("payments").build());
            assertThat(cluster.keysBelow("services/")).hasSize(2);
        }

        @Test
        void takesAnIdAgainAfterItWasClosed() {
            node.register("a").close();
            node.registry.register(instance("a", "10.0.0.2"));
            assertThat(cluster.address("a")).contains("10.0.0.2");
        }

        @Test
        void keepsSlashesAndEmojiInOneSegment() {
            node.registry.register(
                    instance("a/b").toBuilder().name("or/ders 😀").build());
            assertThat(cluster.keysBelow("services/")).containsExactly("/test/services/or%2Fders%20%F0%9F%98%80/a%2Fb");
            assertThat(node.registry.discover("or/ders 😀"))
                    .extracting(ServiceInfo::id)
                    .containsExactly("a/b");
            assertThat(node.registry.discover("or")).isEmpty();
        }
    }

    @Nested
    class Withdrawing {

        @Test
        void closeDeletesTheKeyAtOnce() {
            Registration registration = node.register("a");
            registration.close();
            assertThat(cluster.entry("a")).isEmpty();
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
            registration.close();
        }

        @Test
        void closeLeavesNothingButTheSession() {
            node.register("a").close();
            assertThat(cluster.keysBelow("")).hasSize(1).allMatch(key -> key.startsWith("/test/sessions/"));
            cluster.time.advance(TTL.multipliedBy(2));
            assertThat(cluster.keysBelow("")).isEmpty();
        }

        @Test
        void unregisterClosesTheRegistration() {
            Registration registration = node.register("a");
            node.registry.unregister("a");
            assertThat(cluster.entry("a")).isEmpty();
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
        }

        @Test
        void unregisterKnowsOnlyItsOwn() {
            cluster.node().register("a");
            assertFails(ErrorCode.NOT_FOUND, () -> node.registry.unregister("a"));
            assertThat(cluster.entry("a")).isPresent();
        }

        @Test
        void unregisterRefusesAnIdOfTwoServices() {
            node.register("a");
            node.registry.register(instance("a").toBuilder().name("payments").build());
            assertFails(ErrorCode.VALIDATION_ERROR, () -> node.registry.unregister("a"));
            assertThat(cluster.keysBelow("services/")).hasSize(2);
        }

        @Test
        void closeNeverDeletesAnotherOwnersKey() {
            Registration registration = node.register("a");
            cluster.put("a", "{\"schema\":1,\"address\":\"10.9.9.9\",\"port\":1}");
            registration.close();
            assertThat(cluster.address("a")).contains("10.9.9.9");
        }

        @Test
        void closeDeletesAnOwnValueThatWasEditedByHand() {
            Registration registration = node.register("a");
            String edited = cluster.entry("a").orElseThrow().value().utf8().replace("8080", "9090");
            node.store.watches().hold();
            cluster.put("a", edited);
            registration.close();
            assertThat(cluster.entry("a")).isEmpty();
        }
    }

    @Nested
    class OfModules {

        @Test
        void tagsItsInstances() {
            MirroredRegistry module = node.registry.ofModule("billing");
            module.register(instance("a").toBuilder()
                    .metadata("zone", "b")
                    .metadata("module", "x")
                    .build());
            assertThat(node.registry.discover(SERVICE).get(0).metadata())
                    .containsExactly(Map.entry("module", "billing"), Map.entry("zone", "b"));
        }

        @Test
        void withdrawsItsOwnInstancesAlone() {
            MirroredRegistry module = node.registry.ofModule("billing");
            module.register(instance("a"));
            node.register("b");
            module.close();
            assertThat(cluster.keysBelow("services/")).containsExactly(cluster.key("b"));
            assertThat(node.registry.discover(SERVICE)).hasSize(1);
            assertFails(ErrorCode.CLOSED, () -> module.discover(SERVICE));
            assertFails(ErrorCode.CLOSED, () -> module.register(instance("c")));
        }

        @Test
        void unregistersItsOwnInstancesAlone() {
            MirroredRegistry module = node.registry.ofModule("billing");
            node.register("a");
            assertFails(ErrorCode.NOT_FOUND, () -> module.unregister("a"));
        }

        @Test
        void sharesTheIdsOfItsCoordinator() {
            MirroredRegistry module = node.registry.ofModule("billing");
            node.register("a");
            assertThat(Node.failureOf(module.registerAsync(instance("a")))).isInstanceOf(ConflictException.class);
        }

        @Test
        void endsWithItsCoordinator() {
            MirroredRegistry module = node.registry.ofModule("billing");
            module.register(instance("a"));
            node.registry.close();
            assertThat(cluster.keysBelow("services/")).isEmpty();
            assertThatThrownBy(() -> node.registry.ofModule("late")).isInstanceOf(CoordinationClosedException.class);
        }
    }

    private static void assertFails(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}

package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceInfo;
import io.coordination.registry.ServiceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user may rely on with {@link ServiceRegistry}, as tests that see nothing but coordinators.
 *
 * <p>A subclass says how to {@link #connect()} one more coordinator to one and the same store. Every test uses a service
 * name of its own and two coordinators, which stand for two processes.
 */
@Timeout(60)
public abstract class RegistryContract extends RegistryRegisteringRules {

    /** For subclasses. */
    protected RegistryContract() {}

    @Nested
    class Withdrawing {

        @Test
        void byCloseIsSeenByEverybodyLongBeforeTheTtl() {
            Registration registration = mine.registry().register(instance("a"));
            assertThat(other.registry().discover(service)).hasSize(1);
            registration.close();
            registration.close();
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(other.registry().discover(service)).isEmpty());
        }

        @Test
        void byIdEndsTheRegistration() {
            Registration registration = mine.registry().register(instance("a"));
            mine.registry().unregister("a");
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
            assertThat(mine.registry().discover(service)).isEmpty();
            assertFails(ErrorCode.NOT_FOUND, () -> mine.registry().unregister("a"));
        }

        @Test
        void byIdKnowsOnlyTheOwnInstances() {
            other.registry().register(instance("a"));
            assertFails(ErrorCode.NOT_FOUND, () -> mine.registry().unregister("a"));
            assertThat(mine.registry().discover(service)).hasSize(1);
        }

        @Test
        void byIdRefusesToChooseBetweenServices() {
            mine.registry().register(instance("a"));
            mine.registry()
                    .register(instance("a").toBuilder().name(service + "2").build());
            assertFails(ErrorCode.VALIDATION_ERROR, () -> mine.registry().unregister("a"));
            assertThat(mine.registry().discover(service)).hasSize(1);
        }

        @Test
        void allOfACoordinatorHappensWhenItCloses() {
            mine.registry().register(instance("a"));
            mine.registry().register(instance("b"));
            other.registry().register(instance("c"));
            assertThat(other.registry().discover(service)).hasSize(3);
            mine.close();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(other.registry().discover(service))
                            .extracting(ServiceInfo::id)
                            .containsExactly("c"));
        }

        @Test
        void makesRoomForTheSameIdAgain() {
            mine.registry().register(instance("a", "10.0.0.1")).close();
            other.registry().register(instance("a", "10.0.0.2")).close();
            mine.registry().register(instance("a", "10.0.0.3"));
            assertThat(mine.registry().discover(service))
                    .extracting(ServiceInfo::address)
                    .containsExactly("10.0.0.3");
        }
    }

    @Nested
    class Discovering {

        @Test
        void answersInOrderOfIds() {
            for (String id : List.of("b", "c/1", "a", "C")) {
                mine.registry().register(instance(id));
            }
            assertThat(other.registry().discover(service))
                    .extracting(ServiceInfo::id)
                    .containsExactly("C", "a", "b", "c/1");
        }

        @Test
        void answersAListThatNobodyCanChange() {
            List<ServiceInfo> none = mine.registry().discover(service);
            assertThatThrownBy(() -> none.add(instance("a"))).isInstanceOf(UnsupportedOperationException.class);
            mine.registry().register(instance("a"));
            assertThat(none).isEmpty();
        }

        @Test
        void doesNotConfuseNamesThatBeginAlike() {
            mine.registry()
                    .register(instance("a").toBuilder().name(service + "2").build());
            mine.registry()
                    .register(instance("a").toBuilder().name(service + "/a").build());
            assertThat(mine.registry().discover(service)).isEmpty();
        }

        @Test
        void worksWithoutBlocking() {
            ServiceRegistry registry = mine.registry();
            assertThat(registry.registerAsync(instance("a"))).succeedsWithin(SOON);
            assertThat(registry.discoverAsync(service)).succeedsWithin(SOON).isEqualTo(List.of(instance("a")));
            assertThat(registry.unregisterAsync("a")).succeedsWithin(SOON);
            assertThat(registry.discoverAsync(service)).succeedsWithin(SOON).isEqualTo(List.of());
        }
    }

    @Nested
    class WithModules {

        @Test
        void theInstancesAreSharedAndTagged() {
            mine.module("billing").registry().register(instance("a"));
            assertThat(other.registry().discover(service).get(0).metadata()).containsEntry("module", "billing");
            assertThat(other.module("shipping").registry().discover(service)).hasSize(1);
        }

        @Test
        void aModulesCloseWithdrawsItsOwnInstancesAlone() {
            Coordinator module = mine.module("billing");
            module.registry().register(instance("a"));
            mine.registry().register(instance("b"));
            module.close();
            assertThat(mine.registry().discover(service))
                    .extracting(ServiceInfo::id)
                    .containsExactly("b");
        }
    }

    @Nested
    class AfterTheClose {

        @Test
        void everyCallSaysClosed() {
            ServiceRegistry registry = mine.registry();
            mine.close();
            assertClosed(() -> registry.register(instance("a")));
            assertClosed(() -> registry.unregister("a"));
            assertClosed(() -> registry.discover(service));
            assertClosed(() -> registry.watch(service, event -> {}));
            assertThat(registry.registerAsync(instance("a"))).isCompletedExceptionally();
            assertThat(registry.discoverAsync(service)).isCompletedExceptionally();
        }

        @Test
        void whatWasOutstandingIsOver() {
            other.registry().register(instance("a"));
            CompletableFuture<Registration> waiting = mine.registry().registerAsync(instance("a"));
            mine.close();
            assertThat(waiting)
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(CoordinationClosedException.class);
            assertThat(other.registry().discover(service)).hasSize(1);
        }

        private void assertClosed(Runnable call) {
            assertThatThrownBy(call::run).isInstanceOf(CoordinationClosedException.class);
        }
    }

    @Nested
    @SuppressWarnings("NullAway") // what happens to null is the question here
    class BadInput {

        @ParameterizedTest
        @ValueSource(strings = {"", " ", " a", "a\n", "a\u0000b", "\ud800"})
        void isRefusedAsAName(String name) {
            assertRefused(() -> mine.registry().discover(name));
            assertRefused(() -> mine.registry().watch(name, event -> {}));
            assertRefused(() -> mine.registry().unregister(name));
            assertRefused(() -> ServiceInfo.of(name, "10.0.0.1", 1));
        }

        @Test
        void isRefusedWhenItIsTooLong() {
            String tooLong = "x".repeat(10_240);
            assertRefused(() -> mine.registry().discover(tooLong));
            assertRefused(() -> ServiceInfo.of(tooLong, "10.0.0.1", 1));
            assertRefused(() -> instance(tooLong));
            assertRefused(() -> mine.registry()
                    .register(instance("a").toBuilder()
                            .metadata("text", "x".repeat(1 << 20))
                            .build()));
        }

        @Test
        void isRefusedWhenItIsNull() {
            assertRefused(() -> mine.registry().register(null));
            assertRefused(() -> mine.registry().unregister(null));
            assertRefused(() -> mine.registry().discover(null));
            assertRefused(() -> mine.registry().watch(service, null));
            assertThat(mine.registry().registerAsync(null)).isCompletedExceptionally();
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 65_536})
        void isRefusedAsAPort(int port) {
            assertRefused(() -> ServiceInfo.of(service, "10.0.0.1", port));
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT0S", "PT1.999S", "PT24H0.001S", "PT-5S"})
        void isRefusedAsATtl(String ttl) {
            assertRefused(
                    () -> instance("a").toBuilder().ttl(Duration.parse(ttl)).build());
        }

        private void assertRefused(Runnable call) {
            assertFails(ErrorCode.VALIDATION_ERROR, call);
        }
    }

    private static void assertFails(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}

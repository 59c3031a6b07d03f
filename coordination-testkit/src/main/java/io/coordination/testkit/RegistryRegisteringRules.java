package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.ConflictException;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link RegistryContract} about registrations. */
abstract class RegistryRegisteringRules extends RegistryWatchRules {

    @Nested
    class Registering {

        @Test
        void makesAnInstanceVisibleToEverybody() {
            Registration registration = mine.registry().register(instance("a"));
            assertThat(registration.service()).isEqualTo(instance("a"));
            assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
            assertThat(other.registry().discover(service)).containsExactly(instance("a"));
        }

        @Test
        void isSeenAtOnceByTheCoordinatorThatDidIt() {
            assertThat(mine.registry().discover(service)).isEmpty();
            Registration registration = mine.registry().register(instance("a"));
            assertThat(mine.registry().discover(service)).hasSize(1);
            registration.close();
            assertThat(mine.registry().discover(service)).isEmpty();
        }

        @Test
        void makesAnIdWhereNoneIsGiven() {
            ServiceInfo nameless = ServiceInfo.of(service, "10.0.0.7", 8080);
            ServiceInfo first = mine.registry().register(nameless).service();
            ServiceInfo second = other.registry().register(nameless).service();
            assertThat(first.id()).startsWith(service + "-").isNotEqualTo(second.id());
            assertThat(mine.registry().discover(service)).containsExactlyInAnyOrder(first, second);
        }

        @Test
        void keepsEveryProperty() {
            ServiceInfo full = ServiceInfo.builder()
                    .name(service)
                    .id("full")
                    .address("2001:db8::1")
                    .port(65_535)
                    .metadata(Map.of("zone", "ö", "empty", "", "text", "a\n\"b\""))
                    .ttl(Duration.ofHours(24))
                    .build();
            mine.registry().register(full);
            assertThat(other.registry().discover(service)).containsExactly(full);
        }

        @ParameterizedTest
        @ValueSource(strings = {"a/b", "/", "..", ".", "a b", "ü", "😀", "%2F", "*", "a\"b"})
        void takesAnyTextAsNameAndId(String text) {
            String name = service + text;
            mine.registry()
                    .register(instance("x").toBuilder().name(name).id(text).build());
            assertThat(other.registry().discover(name))
                    .extracting(ServiceInfo::id)
                    .containsExactly(text);
            assertThat(other.registry().discover(service)).isEmpty();
        }

        @Test
        void takesTheLongestNames() {
            String longest = service + "x".repeat(512 - service.length());
            mine.registry()
                    .register(
                            instance("x").toBuilder().name(longest).id(longest).build());
            mine.registry().register(ServiceInfo.of(longest, "10.0.0.7", 8080));
            assertThat(other.registry().discover(longest)).hasSize(2);
        }

        @Test
        void refusesAnIdThatItHasAlready() {
            mine.registry().register(instance("a"));
            assertThatThrownBy(() -> mine.registry().register(instance("a")))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("'a'");
            assertThat(other.registry().discover(service)).hasSize(1);
        }

        @Test
        void takesManyAtOnce() {
            List<CompletableFuture<Registration>> all = IntStream.range(0, 200)
                    .mapToObj(i -> mine.registry().registerAsync(instance("i" + i)))
                    .toList();
            all.forEach(CompletableFuture::join);
            assertThat(other.registry().discover(service)).hasSize(200);
        }

        @Test
        void waitsForTheHolderOfTheIdToGo() {
            Registration holder = other.registry().register(instance("a", "10.0.0.1"));
            CompletableFuture<Registration> waiting = mine.registry().registerAsync(instance("a", "10.0.0.2"));
            assertThat(mine.registry().discover(service))
                    .extracting(ServiceInfo::address)
                    .containsExactly("10.0.0.1");
            assertThat(waiting).isNotDone();
            holder.close();
            assertThat(waiting).succeedsWithin(SOON);
            assertThat(mine.registry().discover(service))
                    .extracting(ServiceInfo::address)
                    .containsExactly("10.0.0.2");
        }

        @Test
        void neverTakesTheIdFromALivingHolder() {
            ServiceInfo alive = instance("a", "10.0.0.1").toBuilder()
                    .ttl(Duration.ofSeconds(2))
                    .build();
            other.registry().register(alive);
            assertThatThrownBy(() -> mine.registry().register(instance("a", "10.0.0.2")))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("'a'")
                    .hasMessageContaining(service);
            assertThat(mine.registry().discover(service)).containsExactly(alive);
        }

        @Test
        void leavesNothingWhenItWasCancelled() {
            Registration holder = other.registry().register(instance("a"));
            CompletableFuture<Registration> waiting = mine.registry().registerAsync(instance("a"));
            waiting.cancel(true);
            holder.close();
            other.registry().register(instance("a", "10.0.0.9"));
            assertThat(mine.registry().discover(service))
                    .extracting(ServiceInfo::address)
                    .containsExactly("10.0.0.9");
        }
    }
}

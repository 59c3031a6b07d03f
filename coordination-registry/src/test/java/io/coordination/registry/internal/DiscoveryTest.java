package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.REQUEST_TIMEOUT;
import static io.coordination.registry.internal.Cluster.SERVICE;
import static io.coordination.registry.internal.Cluster.TTL;
import static io.coordination.registry.internal.Cluster.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DiscoveryTest {

    private final Cluster cluster = new Cluster();
    private final Node provider = cluster.node();
    private final Node node = cluster.node();

    private List<String> ids() {
        return node.registry.discover(SERVICE).stream().map(ServiceInfo::id).toList();
    }

    @Nested
    class Reading {

        @Test
        void findsTheInstancesOrderedById() {
            provider.register("b");
            provider.register("a/2");
            provider.register("a");
            assertThat(ids()).containsExactly("a", "a/2", "b");
            assertThat(node.registry.discover(SERVICE)).contains(instance("a"));
        }

        @Test
        void findsNothingForAnUnknownService() {
            assertThat(node.registry.discover("nobody")).isEmpty();
        }

        @Test
        void keepsServicesApartWhoseNamesBeginAlike() {
            provider.registry.register(instance("x").toBuilder().name("orders2").build());
            provider.registry.register(
                    instance("y").toBuilder().name("orders/eu").build());
            assertThat(ids()).isEmpty();
        }

        @Test
        void followsWhatComesAndGoes() {
            assertThat(ids()).isEmpty();
            Registration registration = provider.register("a");
            assertThat(ids()).containsExactly("a");
            registration.close();
            assertThat(ids()).isEmpty();
        }

        @Test
        void answersTheSameListUntilSomethingChanges() {
            provider.register("a");
            List<ServiceInfo> first = node.registry.discover(SERVICE);
            assertThat(node.registry.discover(SERVICE)).isSameAs(first);
            assertThatThrownBy(() -> first.add(instance("z"))).isInstanceOf(UnsupportedOperationException.class);
            provider.register("b");
            assertThat(node.registry.discover(SERVICE)).isNotSameAs(first);
            assertThat(first).hasSize(1);
        }

        @Test
        void asksTheServerOnce() {
            ids();
            int before = node.store.calls().size();
            provider.register("a");
            ids();
            ids();
            assertThat(node.store.calls()).hasSize(before);
        }

        @Test
        void completesFuturesOnTheCallbackThreads() {
            CompletableFuture<List<ServiceInfo>> first = node.registry.discoverAsync(SERVICE);
            assertThat(first).isCompletedWithValue(List.of());
            assertThat(node.callbacks).hasValue(1);
            assertThat(node.registry.discoverAsync(SERVICE)).isCompleted();
            assertThat(node.callbacks).hasValue(2);
        }
    }

    @Nested
    class AfterAnOwnWrite {

        @Test
        void seesTheOwnRegistration() {
            ids();
            node.store.watches().delay(Duration.ofMillis(300));
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            assertThat(registering).isNotDone();
            cluster.time.advance(Duration.ofMillis(300));
            assertThat(registering).isCompleted();
            assertThat(ids()).containsExactly("a");
        }

        @Test
        void doesNotSeeWhatWasUnregistered() {
            node.register("a");
            ids();
            node.store.watches().delay(Duration.ofMillis(300));
            CompletableFuture<Void> gone = node.registry.unregisterAsync("a");
            assertThat(gone).isNotDone();
            cluster.time.advance(Duration.ofMillis(300));
            assertThat(gone).isCompleted();
            assertThat(ids()).isEmpty();
        }

        @Test
        void whatDependsOnTheFutureSeesItToo() {
            ids();
            node.store.watches().delay(Duration.ofMillis(300));
            CompletableFuture<List<String>> seen =
                    node.registering(instance("a")).thenApply(registration -> ids());
            cluster.time.advance(Duration.ofMillis(300));
            assertThat(seen).isCompletedWithValue(List.of("a"));
        }

        @Test
        void aBrokenWatchHoldsNoRegistrationUp() {
            ids();
            node.store.watches().cut();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(registering).isCompleted();
        }

        @Test
        void seesTheOwnRegistrationWhenTheFirstReadingWasUnderWay() {
            var reading = node.store.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<List<ServiceInfo>> early = node.registry.discoverAsync(SERVICE);
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            assertThat(registering).isNotDone();
            reading.release();
            assertThat(early).isCompleted();
            assertThat(registering).isCompleted();
            assertThat(ids()).containsExactly("a");
        }
    }

    @Nested
    class WithoutTheServer {

        @Test
        void theFirstCallFailsWithinTheRequestTimeout() {
            node.store.onEvery(StoreCall.Range.class).hold();
            CompletableFuture<List<ServiceInfo>> discovering = node.registry.discoverAsync(SERVICE);
            cluster.time.advance(REQUEST_TIMEOUT);
            assertThat(Node.failureOf(discovering)).isInstanceOf(CoordinationTimeoutException.class);
        }

        @Test
        void theFirstCallFailsWithWhatTheServerSaid() {
            node.store.disconnect();
            assertThatThrownBy(DiscoveryTest.this::ids).isInstanceOf(CoordinationException.class);
            provider.register("a");
            node.store.reconnect();
            cluster.time.advance(Duration.ofSeconds(10));
            assertThat(ids()).containsExactly("a");
        }

        @Test
        void laterCallsAreAnsweredFromTheLastState() {
            provider.register("a");
            ids();
            node.store.disconnect();
            provider.register("b");
            cluster.time.advance(TTL.multipliedBy(10));
            assertThat(ids()).containsExactly("a");
            node.store.reconnect();
            cluster.time.advance(Duration.ofSeconds(10));
            assertThat(ids()).containsExactly("a", "b");
        }

        @Test
        void whatWentMeanwhileIsGoneAfterwards() {
            Registration registration = provider.register("a");
            provider.register("b");
            ids();
            node.store.watches().cut();
            registration.close();
            cluster.compact();
            node.store.watches().resume();
            cluster.time.advance(Duration.ofSeconds(10));
            assertThat(ids()).containsExactly("b");
        }
    }

    @Nested
    class WithUnreadableValues {

        @Test
        void skipsThemAndSaysItOnce() {
            provider.register("good");
            cluster.put("broken", "{");
            cluster.put("later", "{\"schema\":2,\"address\":\"10.0.0.1\",\"port\":1}");
            cluster.put("portless", "{\"schema\":1,\"address\":\"10.0.0.1\"}");
            cluster.put("homeless", "{\"schema\":1,\"port\":1}");
            cluster.put("null", "null");
            try (LogLines lines = LogLines.record()) {
                assertThat(ids()).containsExactly("good");
                assertThat(ids()).containsExactly("good");
                assertThat(lines.warnings())
                        .filteredOn(line -> line.contains("no instances"))
                        .hasSize(1);
            }
        }

        @Test
        void skipsKeysThatNoRegistrationMakes() {
            String value = "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1}";
            cluster.memory
                    .txn(Txn.always(
                            Op.put(cluster.keys.servicePrefix(SERVICE) + "a/b", Bytes.utf8(value), 0),
                            Op.put(cluster.keys.servicePrefix(SERVICE) + "a%2fb", Bytes.utf8(value), 0)))
                    .join();
            assertThat(ids()).isEmpty();
        }

        @Test
        void keepsTheLastReadableStateOfAKey() {
            cluster.put("a", "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1}");
            assertThat(ids()).containsExactly("a");
            cluster.put("a", "{");
            cluster.put("b", "{\"schema\":1,\"address\":\"10.0.0.2\",\"port\":1}");
            assertThat(ids()).containsExactly("a", "b");
            cluster.delete("a");
            assertThat(ids()).containsExactly("b");
        }

        @Test
        void readsWhatALaterVersionAdds() {
            cluster.put("a", "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1,\"weight\":[1,{\"x\":2}]}");
            ServiceInfo found = node.registry.discover(SERVICE).get(0);
            assertThat(found.authority()).isEqualTo("10.0.0.1:1");
            assertThat(found.metadata()).isEmpty();
            assertThat(found.ttl()).isEqualTo(Duration.ofSeconds(30));
        }
    }
}

package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.REQUEST_TIMEOUT;
import static io.coordination.registry.internal.Cluster.SERVICE;
import static io.coordination.registry.internal.Cluster.TTL;
import static io.coordination.registry.internal.Cluster.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.ConflictException;
import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FirstCommitTest {

    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();

    @Nested
    class WithAnotherOwner {

        private final Node other = cluster.node();

        @Test
        void waitsForADeadPredecessorToGo() {
            other.register("a");
            other.store.disconnect();
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            cluster.time.advance(TTL.minusSeconds(1));
            assertThat(registering).isNotDone();
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(registering).isCompleted();
            assertThat(cluster.address("a")).contains("10.0.0.2");
        }

        @Test
        void takesTheIdAsSoonAsTheOtherCloses() {
            Registration others = other.register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            cluster.time.advance(REQUEST_TIMEOUT.plusSeconds(1));
            others.close();
            assertThat(registering).isCompleted();
            assertThat(cluster.address("a")).contains("10.0.0.2");
        }

        @Test
        void gaveWayLongEnoughAfterTheOthersTtlAndASecond() {
            other.register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2").toBuilder()
                    .ttl(Duration.ofMinutes(10))
                    .build());
            cluster.time.advance(TTL.plusMillis(999));
            assertThat(registering).isNotDone();
            cluster.time.advance(Duration.ofMillis(1));
            assertThat(Node.failureOf(registering))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("'a'")
                    .hasMessageContaining("'orders'")
                    .hasMessageContaining("10.0.0.1:8080")
                    .hasMessageContaining("13 s");
            assertThat(cluster.address("a")).contains("10.0.0.1");
        }

        @Test
        void waitsForItsOwnTtlWhereTheOthersIsUnknown() {
            cluster.put("a", "no json at all");
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            cluster.time.advance(TTL.plusMillis(999));
            assertThat(registering).isNotDone();
            cluster.time.advance(Duration.ofMillis(1));
            assertThat(registering).isCompletedExceptionally();
            assertThat(cluster.entry("a").orElseThrow().value().utf8()).isEqualTo("no json at all");
        }

        @Test
        void countsTheWaitOnceHoweverOftenTheIdChangesHands() {
            Registration others = other.register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            cluster.time.advance(TTL);
            node.store.watches().hold();
            others.close();
            cluster.node().register("a");
            node.store.watches().release();
            assertThat(registering).isNotDone();
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(Node.failureOf(registering)).isInstanceOf(ConflictException.class);
        }

        @Test
        void forgetsTheWishAfterTheConflict() {
            Registration others = other.register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            cluster.time.advance(TTL.plusSeconds(1));
            assertThat(registering).isCompletedExceptionally();
            others.close();
            cluster.time.advance(TTL.multipliedBy(2));
            assertThat(cluster.keysBelow("")).isEmpty();
            assertThat(node.registering(instance("a"))).isCompleted();
        }

        @Test
        void looksAgainWhenTheHistoryWasLost() {
            Registration others = other.register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            node.store.watches().cut();
            others.close();
            cluster.compact();
            node.store.watches().resume();
            assertThat(registering).isCompleted();
        }
    }

    @Nested
    class WithoutAnAnswer {

        @Test
        void failsWithinTheRequestTimeout() {
            node.store.disconnect();
            node.assertEndsWithin(
                    REQUEST_TIMEOUT,
                    () -> assertThatThrownBy(() -> node.register("a"))
                            .isInstanceOf(CoordinationTimeoutException.class));
        }

        @Test
        void dropsTheWish() {
            node.store.disconnect();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            cluster.time.advance(REQUEST_TIMEOUT);
            assertThat(registering).isCompletedExceptionally();
            node.store.reconnect();
            cluster.time.advance(Duration.ofMinutes(1));
            assertThat(cluster.keysBelow("services/")).isEmpty();
            assertThat(node.registering(instance("a"))).isCompleted();
        }

        @Test
        void namesWhatItWaitedForWhenNothingFailed() {
            node.store.onEvery(StoreCall.Grant.class).hold();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            cluster.time.advance(REQUEST_TIMEOUT);
            assertThat(Node.failureOf(registering)).isInstanceOf(CoordinationTimeoutException.class);
        }

        @Test
        void recognisesItsKeyWhenTheAnswerOfThePutIsLost() {
            node.store.onNextTxn(txn -> Puts.isPut(txn, cluster.key("a"))).loseAnswer();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(registering).isCompleted();
            assertThat(cluster.entry("a").orElseThrow().version()).isEqualTo(1);
        }

        @Test
        void triesAgainWhileItIsWorthIt() {
            FaultRule busy = node.store
                    .onNextTxn(txn -> Puts.isPut(txn, cluster.key("a")))
                    .refuse(CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, "no leader"));
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            assertThat(registering).isNotDone();
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(registering).isCompleted();
            assertThat(busy.hits()).isEqualTo(1);
        }

        @Test
        void failsAtOnceWhenTryingAgainCannotHelp() {
            node.store
                    .onEveryTxn(txn -> Puts.isPut(txn, cluster.key("a")))
                    .refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "not you"));
            assertThatThrownBy(() -> node.register("a"))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        }

        @Test
        void takesAnotherLeaseWhenTheFirstIsGoneAlready() {
            node.store.onNextTxn(txn -> Puts.isPut(txn, cluster.key("a"))).runBefore(() -> {
                node.store.watches().hold(); // so that the session has to find it out by itself
                node.store.dropLeases().join();
            });
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(registering).isCompleted();
            assertThat(cluster.entry("a")).isPresent();
        }
    }

    @Nested
    class GivenUp {

        @Test
        void aCancelledWaitLeavesNothing() {
            Registration others = cluster.node().register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            registering.cancel(true);
            others.close();
            cluster.time.advance(TTL.multipliedBy(2));
            assertThat(cluster.keysBelow("")).isEmpty();
        }

        @Test
        void aPutOnItsWayIsBarredByTheCancel() {
            var late = node.store
                    .onNextTxn(txn -> Puts.isPut(txn, cluster.key("a")))
                    .hold();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            registering.cancel(true);
            late.release();
            assertThat(cluster.keysBelow("services/")).isEmpty();
        }

        @Test
        void aCancelWhileTheSessionOpensLeavesNothing() {
            var late = node.store.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            registering.cancel(true);
            late.release();
            assertThat(cluster.keysBelow("services/")).isEmpty();
            cluster.time.advance(TTL.multipliedBy(2));
            assertThat(cluster.keysBelow("")).isEmpty();
        }

        @Test
        void whoCompletesTheFutureGivesUpToo() {
            cluster.node().register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            registering.completeExceptionally(new IllegalStateException("enough"));
            assertThat(node.registering(instance("a"))).isNotDone();
        }

        @Test
        void unregisterEndsAWishThatIsNotFulfilledYet() {
            cluster.node().register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            node.registry.unregister("a");
            assertThat(Node.failureOf(registering)).isInstanceOf(CoordinationCancelledException.class);
            assertThat(cluster.address("a")).contains("10.0.0.1");
        }

        @Test
        void anInterruptDropsTheWish() {
            Registration others = cluster.node().register("a");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> node.registry.register(instance("a", "10.0.0.2")))
                    .isInstanceOf(CoordinationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
            others.close();
            assertThat(cluster.keysBelow("services/")).isEmpty();
        }
    }

    @Nested
    class Lazily {

        private final Node lazy = cluster.lazyNode();

        @Test
        void returnsAtOnceAndComesLater() {
            lazy.store.disconnect();
            Registration registration = lazy.register("a");
            assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
            cluster.time.advance(Duration.ofHours(1));
            lazy.store.reconnect();
            cluster.time.advance(Duration.ofSeconds(15));
            assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
            assertThat(cluster.entry("a")).isPresent();
        }

        @Test
        void waitsForAnotherOwnerAsLongAsItTakes() {
            Registration others = node.register("a");
            Registration registration = lazy.registry.register(instance("a", "10.0.0.2"));
            cluster.time.advance(TTL.multipliedBy(10));
            assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
            others.close();
            assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
            assertThat(lazy.registry.discover(SERVICE)).hasSize(1);
        }

        @Test
        void canBeClosedBeforeItCame() {
            lazy.store.disconnect();
            Registration registration = lazy.register("a");
            lazy.store.reconnect();
            registration.close();
            cluster.time.advance(Duration.ofMinutes(1));
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
            assertThat(cluster.keysBelow("")).isEmpty();
        }
    }
}

package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.REQUEST_TIMEOUT;
import static io.coordination.registry.internal.Cluster.TTL;
import static io.coordination.registry.internal.Cluster.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WithdrawalTest {

    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();

    private boolean isPut(Txn txn) {
        return Puts.isPut(txn, cluster.key("a"));
    }

    private boolean isDelete(Txn txn) {
        return Puts.isDelete(txn, cluster.key("a"));
    }

    @Nested
    class Racing {

        @Test
        void aReRegistrationOnItsWayNeverResurrects() {
            Registration registration = node.register("a");
            node.store.dropLeases().join();
            var late = node.store.onNextTxn(WithdrawalTest.this::isPut).hold();
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(late.count()).isEqualTo(1);
            registration.close();
            late.release();
            cluster.time.advance(TTL.dividedBy(3));
            assertThat(cluster.entry("a")).isEmpty();
        }

        @Test
        void aReRegistrationThatWaitsNeverResurrects() {
            Registration registration = node.register("a");
            node.store.dropLeases().join();
            registration.close();
            cluster.time.advance(TTL);
            assertThat(cluster.entry("a")).isEmpty();
        }

        @Test
        void aReRegistrationWhoseSessionOpensNeverResurrects() {
            Registration registration = node.register("a");
            node.store.dropLeases().join();
            var late = node.store.onNext(StoreCall.Grant.class).hold();
            cluster.time.advance(Duration.ofSeconds(2));
            registration.close();
            late.release();
            cluster.time.advance(TTL.dividedBy(3));
            assertThat(cluster.entry("a")).isEmpty();
        }

        @Test
        void aLateCopyOfAnUnansweredPutIsNeverApplied() {
            var late = node.store.onNextTxn(WithdrawalTest.this::isPut).hold();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            late.timeOut();
            cluster.time.advance(Duration.ofSeconds(1));
            registering.join().close();
            assertThat(cluster.entry("a")).isEmpty();
            late.release();
            assertThat(cluster.entry("a")).isEmpty();
        }

        @Test
        void aLateCopyIsBarredAlsoWhenTheFirstDeleteWasUnanswered() {
            var late = node.store.onNextTxn(WithdrawalTest.this::isPut).hold();
            CompletableFuture<Registration> registering = node.registering(instance("a"));
            late.timeOut();
            cluster.time.advance(Duration.ofSeconds(1));
            node.store.onNextTxn(WithdrawalTest.this::isDelete).loseAnswer();
            CompletableFuture<Void> gone = node.registry.unregisterAsync("a");
            cluster.time.advance(Duration.ofSeconds(1));
            late.release();
            assertThat(gone).isCompleted();
            assertThat(registering).isCompleted();
            assertThat(cluster.entry("a")).isEmpty();
        }

        @Test
        void nothingIsBarredWhenEveryPutWasAnswered() {
            node.register("a").close();
            assertThat(cluster.keysBelow("sessions/")).hasSize(1);
        }

        @Test
        void anotherRegistrationOfTheSameSessionIsNotBarred() {
            var late = node.store.onNextTxn(WithdrawalTest.this::isPut).hold();
            node.registering(instance("a")).cancel(true);
            late.drop();
            node.register("a");
            assertThat(cluster.entry("a")).isPresent();
        }
    }

    @Nested
    class WithoutAnAnswer {

        @Test
        void theDeleteIsRepeatedUntilItIsDefinite() {
            node.register("a");
            FaultRule lost =
                    node.store.onEveryTxn(WithdrawalTest.this::isDelete).loseRequest();
            CompletableFuture<Void> gone = node.registry.unregisterAsync("a");
            cluster.time.advance(Duration.ofSeconds(3));
            assertThat(gone).isNotDone();
            assertThat(lost.hits()).isGreaterThan(2);
            lost.end();
            cluster.time.advance(Duration.ofSeconds(5));
            assertThat(cluster.entry("a")).isEmpty();
        }

        @Test
        void aLostAnswerOfTheDeleteIsNoFailure() {
            node.register("a");
            node.store.onNextTxn(WithdrawalTest.this::isDelete).loseAnswer();
            CompletableFuture<Void> gone = node.registry.unregisterAsync("a");
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(gone).isCompleted();
        }

        @Test
        void unregisterSaysAfterTheRequestTimeoutThatItDoesNotKnow() {
            node.register("a");
            node.store.onEveryTxn(WithdrawalTest.this::isDelete).loseRequest();
            CompletableFuture<Void> gone = node.registry.unregisterAsync("a");
            cluster.time.advance(REQUEST_TIMEOUT);
            assertThat(Node.failureOf(gone))
                    .isInstanceOfSatisfying(
                            CoordinationTimeoutException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue());
        }

        @Test
        void closeReturnsWithinTheRequestTimeout() {
            Registration registration = node.register("a");
            FaultRule lost =
                    node.store.onEveryTxn(WithdrawalTest.this::isDelete).loseRequest();
            node.assertEndsWithin(REQUEST_TIMEOUT, registration::close);
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
            assertThat(cluster.entry("a")).isPresent();
            lost.end();
            cluster.time.advance(Duration.ofSeconds(5));
            assertThat(cluster.entry("a")).isEmpty();
        }

        @Test
        void itEndsWithTheLeaseAtTheLatest() {
            Registration registration = node.register("a");
            node.store.disconnect();
            node.assertEndsWithin(REQUEST_TIMEOUT, registration::close);
            cluster.time.advance(TTL);
            assertThat(cluster.entry("a")).isEmpty();
            node.store.reconnect();
            int before = node.store.txns().size();
            cluster.time.advance(TTL);
            assertThat(node.store.txns()).hasSize(before);
        }

        @Test
        void aSuccessorOfTheSameProcessWaitsForIt() {
            Registration first = node.register("a");
            FaultRule lost =
                    node.store.onEveryTxn(WithdrawalTest.this::isDelete).loseRequest();
            node.assertEndsWithin(REQUEST_TIMEOUT, first::close);
            CompletableFuture<Registration> second = node.registering(instance("a", "10.0.0.2"));
            assertThat(second).isNotDone();
            lost.end();
            cluster.time.advance(Duration.ofSeconds(5));
            assertThat(second).isCompleted();
            assertThat(cluster.address("a")).contains("10.0.0.2");
        }
    }

    @Nested
    class OfTheRegistry {

        @Test
        void closeWithdrawsEverythingAtOnce() {
            node.register("a");
            node.register("b");
            Registration registration = node.register("c");
            node.registry.close();
            assertThat(cluster.keysBelow("services/")).isEmpty();
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
            node.registry.close();
        }

        @Test
        void closeCompletesWhatIsOutstandingWithClosed() {
            cluster.node().register("a");
            CompletableFuture<Registration> registering = node.registering(instance("a", "10.0.0.2"));
            node.store.onEvery(StoreCall.Range.class).hold();
            var discovering = node.registry.discoverAsync("payments");
            node.registry.close();
            assertClosed(registering);
            assertClosed(discovering);
            assertClosed(node.registry.registerAsync(instance("b")));
            assertClosed(node.registry.discoverAsync("orders"));
            assertClosed(node.registry.unregisterAsync("a"));
        }

        @Test
        void closeIsBoundedWhenNothingAnswers() {
            node.register("a");
            node.store.disconnect();
            node.assertEndsWithin(REQUEST_TIMEOUT, node.registry::close);
        }

        @Test
        void aStoreThatWasClosedFirstIsNoReasonToHang() {
            Registration registration = node.register("a");
            node.store.close();
            registration.close();
            node.registry.close();
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
        }

        @Test
        void sessionsThatWereClosedFirstEndTheWishes() {
            Registration registration = node.register("a");
            node.sessions.closeAsync().join();
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(registration.state()).isEqualTo(RegistrationState.CLOSED);
            assertThat(cluster.keysBelow("")).isEmpty();
        }

        private void assertClosed(CompletableFuture<?> future) {
            assertThat(Node.failureOf(future))
                    .isInstanceOf(CoordinationClosedException.class)
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        }
    }
}

package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class EtcdStoreCallsTest extends StoreOnFake {

    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    private static final Status BUSY = Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");
    private static final Status NO_LEASE = Status.NOT_FOUND.withDescription("etcdserver: requested lease not found");
    private static final Status LEASE_EXISTS =
            Status.FAILED_PRECONDITION.withDescription("etcdserver: lease already exists");
    private static final Metadata.Key<String> TIMEOUT =
            Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);
    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("secret"), 0)).delivered(delivery);
    }

    @Nested
    @DisplayName("Repeated by kind")
    class RepeatedByKind {

        @Test
        void aReadIsRepeatedAfterALostAnswer() {
            etcd.range.script(
                    fail(BROKEN),
                    fail(BUSY),
                    answer(RangeResponse.newBuilder().setCount(1).build()));

            RangeResult result = get(open().range(QUERY));

            assertThat(result.count()).isEqualTo(1);
            assertThat(etcd.range.calls()).isEqualTo(3);
        }

        @Test
        void aReadEndsAfterAllAttemptsWithoutAnUnknownOutcome() {
            etcd.range.script(fail(BROKEN));

            CoordinationException failure = failure(open().range(QUERY));

            assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure)
                    .hasMessageContaining("range '/k'")
                    .hasMessageContaining(etcd.endpoint())
                    .hasMessageContaining("3 attempts");
            assertThat(etcd.range.calls()).isEqualTo(3);
        }

        @Test
        void withoutRetriesThereIsOneAttempt() {
            etcd.range.script(fail(BROKEN));

            failure(open(options -> options.retry(RetryConfig.none())).range(QUERY));

            assertThat(etcd.range.calls()).isEqualTo(1);
        }

        @Test
        void aTransactionForOnceIsNotRepeatedAfterALostAnswer() {
            etcd.txn.script(fail(BROKEN));

            CoordinationException failure = failure(open().txn(put(Delivery.ONCE)));

            assertThat(etcd.txn.calls()).isEqualTo(1);
            assertThat(failure.outcomeUnknown()).isTrue();
        }

        @Test
        void aTransactionForOnceIsRepeatedWhenItSurelyWasNotApplied() {
            etcd.txn.script(
                    fail(BUSY),
                    fail(BUSY),
                    answer(TxnResponse.newBuilder().setSucceeded(true).build()));

            TxnResult result = get(open().txn(put(Delivery.ONCE)));

            assertThat(result.succeeded()).isTrue();
            assertThat(etcd.txn.calls()).isEqualTo(3);
        }

        @ParameterizedTest
        @EnumSource(value = Delivery.class, mode = EnumSource.Mode.EXCLUDE, names = "ONCE")
        void otherTransactionsAreRepeatedAfterALostAnswer(Delivery delivery) {
            etcd.txn.script(fail(BROKEN), fail(BROKEN), answer(TxnResponse.getDefaultInstance()));

            get(open().txn(put(delivery)));

            assertThat(etcd.txn.calls()).isEqualTo(3);
        }

        @Test
        void whatTheServerRefusesIsNotRepeated() {
            Stream.of(
                            NO_LEASE,
                            Status.INVALID_ARGUMENT.withDescription("etcdserver: duplicate key given in txn request"),
                            Status.PERMISSION_DENIED,
                            Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded"))
                    .forEach(refusal -> {
                        int before = etcd.txn.calls();
                        etcd.txn.script(fail(refusal));
                        assertThat(failure(open().txn(put(Delivery.REPEATABLE))).outcomeUnknown())
                                .isFalse();
                        assertThat(etcd.txn.calls()).isEqualTo(before + 1);
                    });
        }

        @Test
        void aRefusalAfterALostAnswerLeavesTheOutcomeUnknown() {
            etcd.txn.script(fail(BROKEN), fail(NO_LEASE));

            CoordinationException failure = failure(open().txn(put(Delivery.REPEATABLE)));

            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(failure.outcomeUnknown()).isTrue();
        }

        @Test
        void aFailureNamesTheKeyAndNeverTheValue() {
            etcd.txn.script(fail(NO_LEASE));

            assertThat(failure(open().txn(put(Delivery.ONCE))).getMessage())
                    .contains("txn '/k'")
                    .doesNotContain("secret");
        }
    }

    @Nested
    @DisplayName("In time")
    class InTime {

        private final Duration limit = Duration.ofMillis(800);

        private Store openHurried() {
            return open(options -> options.requestTimeout(limit));
        }

        @Test
        void aReadOfAServerThatNeverAnswersEndsInTimeAfterSeveralAttempts() {
            etcd.range.script(hang());
            long began = System.nanoTime();

            CoordinationException failure = failure(openHurried().range(QUERY));

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(limit.minusMillis(50), limit.plusSeconds(2));
            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure)
                    .hasMessageContaining("no answer came in time")
                    .hasMessageContaining(etcd.endpoint())
                    .hasMessageContaining("within 800 ms");
            assertThat(etcd.range.calls()).isGreaterThan(1);
        }

        @Test
        void aHungMemberLeavesTimeForTheNextAttempt() {
            etcd.range.script(hang(), answer(RangeResponse.getDefaultInstance()));

            get(openHurried().range(QUERY));

            assertThat(etcd.range.calls()).isEqualTo(2);
            await().untilAsserted(() -> assertThat(etcd.range.cancelled()).isEqualTo(1));
        }

        @Test
        void aTransactionForOnceWaitsItsWholeTimeInOneAttempt() {
            etcd.txn.script(hang());

            CoordinationException failure = failure(openHurried().txn(put(Delivery.ONCE)));

            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure.outcomeUnknown()).isTrue();
            assertThat(etcd.txn.calls()).isEqualTo(1);
        }

        @Test
        void everyRequestCarriesADeadlineToTheServer() {
            Store store = openHurried();
            get(store.range(QUERY));
            get(store.grant(1, Duration.ofSeconds(5)));
            get(store.renewOnce(1, Duration.ofSeconds(1)));

            assertThat(etcd.header(TIMEOUT)).hasSize(3).doesNotContain("none");
        }

        @Test
        void aRenewalHasADeadlineOfItsOwn() {
            etcd.renew.script(hang());
            long began = System.nanoTime();

            CoordinationException failure = failure(open().renewOnce(1, Duration.ofMillis(300)));

            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Nested
    @DisplayName("Given up")
    class GivenUp {

        /** So patient that no deadline ends a call before its cancellation does. */
        private Store openPatient() {
            return open(options -> options.requestTimeout(Duration.ofSeconds(60)));
        }

        @Test
        void cancellingTheFutureCancelsTheCallOnTheServer() {
            etcd.range.script(hang());
            CompletableFuture<RangeResult> call = openPatient().range(QUERY);
            await().until(() -> etcd.range.calls() == 1);

            call.cancel(true);

            await().untilAsserted(() -> assertThat(etcd.range.cancelled()).isEqualTo(1));
        }

        @Test
        void whoeverCompletesTheFutureCancelsTheCall() {
            etcd.range.script(hang());
            CompletableFuture<RangeResult> call = openPatient().range(QUERY).orTimeout(50, TimeUnit.MILLISECONDS);

            assertThatThrownBy(call::join).hasRootCauseInstanceOf(java.util.concurrent.TimeoutException.class);

            await().untilAsserted(() -> assertThat(etcd.range.cancelled()).isEqualTo(1));
        }

        @Test
        void aCancelledCallIsNotRepeated() {
            etcd.range.script(fail(BROKEN));
            RetryConfig slow = RetryConfig.builder()
                    .initialDelay(Duration.ofMillis(300))
                    .jitter(0)
                    .build();
            Store store = open(options -> options.retry(slow));
            CompletableFuture<RangeResult> call = store.range(QUERY);
            await().until(() -> etcd.range.calls() == 1);

            call.cancel(true);

            await().during(Duration.ofMillis(500)).until(() -> etcd.range.calls() == 1);
        }

        @Test
        void cancellingAGrantOrARevocationCancelsThemToo() {
            etcd.grant.script(hang());
            etcd.revoke.script(hang());
            Store store = openPatient();
            CompletableFuture<Duration> grant = store.grant(1, Duration.ofSeconds(5));
            CompletableFuture<Void> revocation = store.revoke(1);
            await().until(() -> etcd.grant.calls() == 1 && etcd.revoke.calls() == 1);

            grant.cancel(true);
            revocation.cancel(true);

            await().until(() -> etcd.grant.cancelled() == 1 && etcd.revoke.cancelled() == 1);
        }

        @Test
        void closingCompletesEverythingWithClosed() {
            etcd.range.script(hang());
            etcd.txn.script(hang());
            etcd.renew.script(hang());
            Store store = openPatient();
            List<CompletableFuture<?>> calls = List.of(
                    store.range(QUERY),
                    store.txn(put(Delivery.ONCE)),
                    store.renewOnce(1, Duration.ofSeconds(60)),
                    store.range(QUERY));
            await().until(() -> etcd.range.calls() == 2 && etcd.txn.calls() == 1 && etcd.renew.calls() == 1);

            store.close();

            assertThat(calls).allMatch(CompletableFuture::isDone);
            assertThat(calls).extracting(call -> failure(call).code()).containsOnly(ErrorCode.CLOSED);
            assertThat(failure(calls.get(0)).outcomeUnknown()).isFalse();
            assertThat(failure(calls.get(1)).outcomeUnknown()).isTrue();
        }
    }

    @Nested
    @DisplayName("Leases")
    class Leases {

        @Test
        void aGrantAsksForWholeSecondsAndAnswersWhatWasGranted() {
            etcd.grant.script(answer(LeaseGrantResponse.newBuilder().setTTL(9).build()));

            assertThat(get(open().grant(5, Duration.ofMillis(2001)))).isEqualTo(Duration.ofSeconds(9));

            assertThat(etcd.grant.requests().get(0).getTTL()).isEqualTo(3);
            assertThat(etcd.grant.requests().get(0).getID()).isEqualTo(5);
        }

        @Test
        void aLeaseThatExistsIsAConflict() {
            etcd.grant.script(fail(LEASE_EXISTS));

            CoordinationException failure = failure(open().grant(5, Duration.ofSeconds(5)));

            assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(etcd.renew.calls()).isZero();
        }

        @Test
        void aLeaseThatExistsAfterALostAnswerIsTheOneAskedFor() {
            etcd.grant.script(fail(BROKEN), fail(LEASE_EXISTS));
            etcd.renew.script(
                    answer(LeaseKeepAliveResponse.newBuilder().setTTL(7).build()));

            assertThat(get(open().grant(5, Duration.ofSeconds(5)))).isEqualTo(Duration.ofSeconds(7));
        }

        @Test
        void aRenewalAnswersTheTtlAndRequiresALeader() {
            etcd.renew.script(
                    answer(LeaseKeepAliveResponse.newBuilder().setTTL(7).build()));

            assertThat(get(open().renewOnce(5, Duration.ofSeconds(2)))).isEqualTo(Duration.ofSeconds(7));

            assertThat(etcd.header(CallHeaders.HAS_LEADER)).containsExactly("true");
        }

        @Test
        void aRenewalWithoutTtlMeansThatTheLeaseIsGone() {
            etcd.renew.script(answer(
                    LeaseKeepAliveResponse.newBuilder().setID(5).setTTL(0).build()));

            CoordinationException failure = failure(open().renewOnce(5, Duration.ofSeconds(2)));

            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure).hasMessageContaining("0000000000000005");
            assertThat(etcd.renew.calls()).isEqualTo(1);
        }

        @Test
        void aRenewalThatFailsIsRepeatedWithinItsTime() {
            etcd.renew.script(
                    fail(BROKEN),
                    answer(LeaseKeepAliveResponse.newBuilder().setTTL(7).build()));

            assertThat(get(open().renewOnce(5, Duration.ofSeconds(2)))).isEqualTo(Duration.ofSeconds(7));
        }

        @Test
        void revokingALeaseThatIsGoneIsNoError() {
            etcd.revoke.script(fail(NO_LEASE));

            assertThat(get(open().revoke(5))).isNull();
        }

        @Test
        void otherFailuresOfARevocationAreTold() {
            etcd.revoke.script(fail(Status.PERMISSION_DENIED));

            assertThat(failure(open().revoke(5)).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        }

        @Test
        void theKeysOfALeaseThatIsGoneAreNotFound() {
            etcd.leaseKeys.script(
                    answer(LeaseTimeToLiveResponse.newBuilder().setTTL(-1).build()));

            assertThat(failure(open().leaseKeys(5)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }

        @Test
        void anIdThatIsNotPositiveIsRefused() {
            assertThatThrownBy(() -> open().grant(0, Duration.ofSeconds(5)))
                    .isInstanceOf(CoordinationException.class)
                    .hasMessageContaining("leaseId is 0");
        }
    }

    @Nested
    @DisplayName("The circuit breaker")
    class TheCircuitBreaker {

        private void openBreaker(Store store) {
            etcd.range.script(fail(BROKEN));
            await().atMost(Duration.ofSeconds(20))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> failure(store.range(QUERY)).code() == ErrorCode.SERVICE_UNAVAILABLE);
        }

        @Test
        void refusesCallsOfAClusterThatFails() {
            Store store = open();
            openBreaker(store);
            int before = etcd.txn.calls();

            CoordinationException failure = failure(store.txn(put(Delivery.REPEATABLE)));

            assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure).hasMessageContaining("circuit breaker is open; it tries again in");
            assertThat(etcd.txn.calls()).isEqualTo(before);
        }

        @Test
        void letsRenewalsRevocationsAndUrgentTransactionsThrough() {
            Store store = open();
            openBreaker(store);

            get(store.renewOnce(1, Duration.ofSeconds(1)));
            get(store.revoke(1));
            get(store.txn(put(Delivery.URGENT)));
        }

        @Test
        void closesAgainWhenTheClusterServes() {
            Store store = open();
            openBreaker(store);
            etcd.range.script(answer(RangeResponse.getDefaultInstance()));

            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .until(() -> get(store.range(QUERY)).entries().isEmpty());
            for (int i = 0; i < 10; i++) {
                get(store.range(QUERY));
            }
        }
    }
}

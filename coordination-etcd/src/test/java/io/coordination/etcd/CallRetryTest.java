package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class CallRetryTest extends StoreOnFake {

    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    private static final Status BUSY = Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");
    private static final Status NO_LEASE = Status.NOT_FOUND.withDescription("etcdserver: requested lease not found");
    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("secret"), 0)).delivered(delivery);
    }

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

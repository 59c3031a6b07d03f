package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.RetryConfig;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class CallFailoverTest extends StoreOnFake {

    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private final FakeEtcd other = new FakeEtcd();

    @AfterEach
    void closeTheOther() {
        other.close();
    }

    /** A store that knows both members: calls go to them in turn. */
    private Store openConnected() {
        return openConnected(RetryConfig.defaults());
    }

    private Store openConnected(RetryConfig retry) {
        Store store = open(
                options -> options.endpoints(etcd.endpoint(), other.endpoint()).retry(retry));
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            get(store.range(QUERY));
            return etcd.range.calls() > 0 && other.range.calls() > 0;
        });
        return store;
    }

    @Test
    void aMemberThatHangsCostsACallTwoSecondsOnceAndLaterCallsNothing() {
        Store store = openConnected();
        etcd.range.script(hang());
        int before = etcd.range.calls();
        long began = System.nanoTime();

        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            get(store.range(QUERY));
            return etcd.range.calls() == before + 1;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));

        etcd.range.script(hang());
        etcd.status.script(hang());
        for (int i = 0; i < 20; i++) {
            get(store.range(QUERY));
        }
        assertThat(etcd.range.calls()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, etcdserver: no leader",
        "UNAVAILABLE, 'etcdserver: request timed out, possibly due to connection lost'",
        "UNAVAILABLE, etcdserver: rpc not supported for learner",
        "UNKNOWN, context deadline exceeded",
        "RESOURCE_EXHAUSTED, etcdserver: too many requests",
        "OUT_OF_RANGE, etcdserver: mvcc: required revision is a future revision"
    })
    void theNextAttemptGoesToAnotherMember(Status.Code code, String words) {
        Store store = openConnected();
        Status failure = code.toStatus().withDescription(words);
        etcd.range.script(fail(failure));
        int before = etcd.range.calls();

        for (int i = 0; i < 4; i++) {
            get(store.range(QUERY));
        }

        assertThat(etcd.range.calls()).as("asked, and not twice by one call").isBetween(before + 1, before + 4);
    }

    @Test
    void theNextAttemptGoesToAnotherMemberEvenIfAnotherCallTookItsTurnMeanwhile() {
        Store store = openConnected(RetryConfig.builder()
                .initialDelay(Duration.ofSeconds(1))
                .maxDelay(Duration.ofSeconds(1))
                .jitter(0)
                .build());
        etcd.range.script(fail(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests")));
        int before = etcd.range.calls();
        CompletableFuture<?> refused = refusedByTheFirst(store, before);

        get(store.range(QUERY));
        get(refused);

        assertThat(etcd.range.calls()).isEqualTo(before + 1);
    }

    private CompletableFuture<?> refusedByTheFirst(Store store, int before) {
        CompletableFuture<?> call = store.range(QUERY);
        await().pollInterval(Duration.ofMillis(1)).until(() -> call.isDone() || etcd.range.calls() > before);
        return etcd.range.calls() > before ? call : refusedByTheFirst(store, before);
    }

    @Test
    void aMemberThatRefusesIsWellAndKeepsItsTurn() {
        Store store = openConnected();
        etcd.txn.script(fail(Status.PERMISSION_DENIED));
        other.txn.script(fail(Status.PERMISSION_DENIED));

        for (int i = 0; i < 10; i++) {
            failure(store.txn(put(Delivery.REPEATABLE)));
        }

        assertThat(etcd.txn.calls()).isEqualTo(5);
        assertThat(other.txn.calls()).isEqualTo(5);
    }

    @Test
    void aMemberWhoseCallWasGivenUpKeepsItsTurn() {
        Store store = openConnected();
        etcd.range.script(hang());
        other.range.script(hang());
        int before = etcd.range.calls() + other.range.calls();
        for (int i = 0; i < 10; i++) {
            int expected = before + i + 1;
            CompletableFuture<?> call = store.range(QUERY);
            await().until(() -> etcd.range.calls() + other.range.calls() == expected);
            call.cancel(true);
        }

        etcd.txn.script(answer(TxnResponse.getDefaultInstance()));
        for (int i = 0; i < 10; i++) {
            get(store.txn(put(Delivery.ONCE)));
        }
        assertThat(etcd.txn.calls()).isEqualTo(5);
    }

    @Test
    void aRenewalReachesTheSecondMemberWithinItsShortTime() {
        Store store = openConnected();
        etcd.renew.script(hang());
        long began = System.nanoTime();

        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            get(store.renewOnce(1, Duration.ofMillis(667)));
            return etcd.renew.calls() == 1;
        });

        assertThat(other.renew.calls()).isPositive();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void anUnguardedWriteThatHangsIsNotSentToAnother() {
        Store store = openConnected();
        etcd.txn.script(hang());
        other.txn.script(hang());

        CompletableFuture<?> call = store.txn(put(Delivery.ONCE));

        assertThat(failure(call).outcomeUnknown()).isTrue();
        assertThat(etcd.txn.calls() + other.txn.calls()).isEqualTo(1);
    }

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("v"), 0)).delivered(delivery);
    }
}

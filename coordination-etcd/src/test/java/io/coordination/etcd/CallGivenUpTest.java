package io.coordination.etcd;

import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CallGivenUpTest extends StoreOnFake {

    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("secret"), 0)).delivered(delivery);
    }

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

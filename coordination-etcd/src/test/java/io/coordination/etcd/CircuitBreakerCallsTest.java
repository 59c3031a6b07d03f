package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CircuitBreakerCallsTest extends StoreOnFake {

    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("secret"), 0)).delivered(delivery);
    }

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

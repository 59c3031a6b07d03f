package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.hang;
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
import io.grpc.Metadata;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CallTimeTest extends StoreOnFake {

    private static final Metadata.Key<String> TIMEOUT =
            Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);
    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("secret"), 0)).delivered(delivery);
    }

    private final Duration limit = Duration.ofMillis(800);

    private Store openHurried() {
        return open(options -> options.requestTimeout(limit));
    }

    @Test
    void aReadOfAServerThatNeverAnswersEndsInTimeAfterSeveralAttempts() {
        etcd.range.script(hang());
        long began = System.nanoTime();

        CoordinationException failure = failure(openHurried().range(QUERY));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(limit.minusMillis(50), limit.plusSeconds(2));
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

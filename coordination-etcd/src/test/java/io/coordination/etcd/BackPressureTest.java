package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BackPressureTest extends StoreOnFake {

    private static final RangeResponse ANSWER = RangeResponse.getDefaultInstance();

    /** Answers that the test gives when it likes. */
    private final BlockingQueue<StreamObserver<RangeResponse>> open = new LinkedBlockingQueue<>();

    private final Consumer<StreamObserver<RangeResponse>> held = open::add;

    private Store openWith(int maxCallsInFlight, Duration requestTimeout) {
        return open(options -> options.maxCallsInFlight(maxCallsInFlight).requestTimeout(requestTimeout));
    }

    private static CompletableFuture<RangeResult> read(Store store, int key) {
        return store.range(RangeQuery.key("/" + key));
    }

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("v"), 0)).delivered(delivery);
    }

    private void answerOne() throws InterruptedException {
        StreamObserver<RangeResponse> oldest = open.poll(15, TimeUnit.SECONDS);
        assertThat(oldest).as("a call at the server").isNotNull();
        answer(ANSWER).accept(oldest);
    }

    private List<String> asked() {
        return etcd.range.requests().stream()
                .map(RangeRequest::getKey)
                .map(key -> key.toStringUtf8())
                .toList();
    }

    @Test
    void callsBeyondTheLimitWaitAndFollowInTheirOrder() throws InterruptedException {
        etcd.range.script(held);
        Store store = openWith(2, Duration.ofSeconds(60));
        List<CompletableFuture<RangeResult>> calls = new ArrayList<>();
        for (int key = 0; key < 5; key++) {
            calls.add(read(store, key));
        }

        await().until(() -> open.size() == 2);
        for (int done = 1; done <= 3; done++) {
            answerOne();
            int expected = 2 + done;
            await().until(() -> asked().size() == expected);
        }
        answerOne();
        answerOne();

        calls.forEach(StoreOnFake::get);
        assertThat(asked().subList(2, 5)).containsExactly("/2", "/3", "/4");
        assertThat(asked().subList(0, 2)).containsExactlyInAnyOrder("/0", "/1");
    }

    @Test
    void aCallWhoseTurnDoesNotComeEndsInTimeUnsentAndNamesTheOption() {
        etcd.range.script(hang());
        Store store = openWith(1, Duration.ofMillis(700));
        read(store, 0);

        CoordinationException failure = failure(store.txn(put(Delivery.ONCE)));

        assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(failure)
                .hasMessageContaining("txn '/k' was not sent")
                .hasMessageContaining("maxCallsInFlight")
                .hasMessageContaining("700 ms");
        assertThat(etcd.txn.calls()).isZero();
    }

    @Test
    void renewalsRevocationsAndUnlocksDoNotWait() {
        etcd.range.script(hang());
        Store store = openWith(1, Duration.ofSeconds(60));
        read(store, 0);
        read(store, 1);

        get(store.renewOnce(1, Duration.ofSeconds(10)));
        get(store.revoke(1));
        get(store.txn(put(Delivery.URGENT)));
    }

    @Test
    void urgentCallsTakeNoPlaces() {
        etcd.renew.script(hang());
        Store store = openWith(1, Duration.ofSeconds(60));
        store.renewOnce(1, Duration.ofSeconds(60));
        store.renewOnce(2, Duration.ofSeconds(60));
        await().until(() -> etcd.renew.calls() == 2);

        get(read(store, 0));
    }

    @Test
    void whoeverGivesUpLeavesTheLine() throws InterruptedException {
        etcd.range.script(held);
        Store store = openWith(1, Duration.ofSeconds(60));
        CompletableFuture<RangeResult> first = read(store, 0);
        CompletableFuture<RangeResult> given = read(store, 1);
        CompletableFuture<RangeResult> last = read(store, 2);

        given.cancel(false);
        answerOne();
        answerOne();

        get(first);
        get(last);
        assertThat(asked()).containsExactly("/0", "/2");
    }

    @Test
    void aCallThatIsGivenUpMakesRoom() {
        etcd.range.script(hang(), answer(ANSWER));
        Store store = openWith(1, Duration.ofSeconds(60));
        CompletableFuture<RangeResult> first = read(store, 0);
        await().until(() -> etcd.range.calls() == 1);
        CompletableFuture<RangeResult> second = read(store, 1);

        first.cancel(false);

        get(second);
    }

    @Test
    void failedCallsMakeRoomToo() {
        etcd.range.script(fail(Status.PERMISSION_DENIED));
        Store store = openWith(1, Duration.ofSeconds(60));
        List<CompletableFuture<RangeResult>> calls = new ArrayList<>();
        for (int key = 0; key < 200; key++) {
            calls.add(read(store, key));
        }

        assertThat(calls).extracting(call -> failure(call).code()).containsOnly(ErrorCode.PERMISSION_DENIED);
    }

    @Test
    void aServerWithTooManyRequestsIsAskedAgainAfterAPause() {
        Status busy = Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");
        etcd.range.script(fail(busy), fail(busy), answer(ANSWER));

        get(read(openWith(1, Duration.ofSeconds(60)), 0));

        assertThat(etcd.range.calls()).isEqualTo(3);
    }

    @Test
    void aThousandCallsAtOnceAreAllServed() {
        Store store = openWith(8, Duration.ofSeconds(60));
        List<CompletableFuture<RangeResult>> calls = new ArrayList<>();
        for (int key = 0; key < 1000; key++) {
            calls.add(read(store, key));
        }

        calls.forEach(StoreOnFake::get);

        assertThat(etcd.range.calls()).isEqualTo(1000);
    }
}

package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RetryBudgetCallsTest extends StoreOnFake {

    private static final RangeQuery QUERY = RangeQuery.key("/k");
    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
    private static final RetryConfig STUBBORN =
            QUICK.toBuilder().maxAttempts(10).build();

    private final BlockingQueue<StreamObserver<RangeResponse>> open = new LinkedBlockingQueue<>();
    private final HeardCalls heard = new HeardCalls();

    private Store openStubborn() {
        return open(options -> options.instrumentation(heard)
                .maxCallsInFlight(50)
                .retry(STUBBORN)
                .requestTimeout(Duration.ofSeconds(60)));
    }

    /** Fails all calls at once, as a connection that breaks does: the circuit breaker takes that for one trouble. */
    private void breakAll(int expected) {
        await().until(() -> open.size() == expected);
        List<StreamObserver<RangeResponse>> broken = new ArrayList<>();
        open.drainTo(broken);
        broken.forEach(fail(BROKEN));
    }

    private long count(String event) {
        return heard.events.stream().filter(event::equals).count();
    }

    @Test
    void retriesEndWhenTheyAreSpentWithTheLastFailure() {
        etcd.range.script(open::add);
        Store store = openStubborn();
        List<CompletableFuture<RangeResult>> calls =
                IntStream.range(0, 50).mapToObj(i -> store.range(QUERY)).toList();

        // 100 retries are saved, and ten more a second come.
        breakAll(50);
        breakAll(50);
        breakAll(50);
        await().until(() -> count("range RETRY_BUDGET_SPENT") >= 20);

        List<CoordinationException> spent = calls.stream()
                .filter(CompletableFuture::isDone)
                .map(StoreOnFake::failure)
                .toList();
        assertThat(spent)
                .hasSizeGreaterThanOrEqualTo(20)
                .allSatisfy(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR));
    }

    @Test
    void firstAttemptsAndRenewalsDoNotNeedRetriesToBeLeft() {
        etcd.range.script(open::add);
        Store store = openStubborn();
        IntStream.range(0, 50).forEach(i -> store.range(QUERY));
        breakAll(50);
        breakAll(50);
        breakAll(50);
        await().until(() -> count("range RETRY_BUDGET_SPENT") >= 20);

        etcd.range.script(answer(RangeResponse.getDefaultInstance()));
        etcd.renew.script(
                fail(BROKEN),
                fail(BROKEN),
                answer(LeaseKeepAliveResponse.newBuilder().setTTL(7).build()));
        get(store.renewOnce(1, Duration.ofSeconds(30)));
        get(store.range(QUERY));
    }

    @Test
    void aLoneClientRidesOutARestart() {
        int port = etcd.port();
        Store store = open(options -> options.retry(RetryConfig.defaults()).requestTimeout(Duration.ofSeconds(10)));
        get(store.range(QUERY));
        etcd.close();
        CompletableFuture<RangeResult> call = store.range(QUERY);
        await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> !call.isDone());

        try (FakeEtcd restarted = new FakeEtcd(port)) {
            get(call);
            assertThat(restarted.range.calls()).isEqualTo(1);
        }
    }
}

package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.RetryConfig;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TokenSourceTest extends StoreOnFake {

    private static final Status INVALID_TOKEN =
            Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");
    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private Store login() {
        return open(options -> options.credentials("alice", "wonderland"));
    }

    private static AuthenticateResponse token(String token) {
        return AuthenticateResponse.newBuilder().setToken(token).build();
    }

    @Test
    void aTokenIsFetchedOnceAndSentWithEveryCall() {
        Store store = login();

        get(store.range(QUERY));
        get(store.range(QUERY));
        get(store.renewOnce(1, Duration.ofSeconds(1)));

        assertThat(etcd.login.calls()).isEqualTo(1);
        assertThat(etcd.login.requests().get(0).getName()).isEqualTo("alice");
        assertThat(etcd.login.requests().get(0).getPassword()).isEqualTo("wonderland");
        assertThat(etcd.header(CallHeaders.TOKEN)).containsExactly("none", "token", "token", "token");
    }

    @Test
    void withoutCredentialsThereIsNoLogin() {
        get(open().range(QUERY));

        assertThat(etcd.login.calls()).isZero();
        assertThat(etcd.header(CallHeaders.TOKEN)).containsExactly("none");
    }

    @Test
    void manyFirstCallsShareOneLogin() {
        AtomicReference<StreamObserver<AuthenticateResponse>> waiting = new AtomicReference<>();
        CountDownLatch asked = new CountDownLatch(1);
        etcd.login.script(out -> {
            waiting.set(out);
            asked.countDown();
        });
        Store store = login();

        List<CompletableFuture<RangeResult>> calls =
                IntStream.range(0, 50).mapToObj(i -> store.range(QUERY)).toList();
        Awaitility.await().until(() -> asked.getCount() == 0);
        waiting.get().onNext(token("late"));
        waiting.get().onCompleted();

        calls.forEach(StoreOnFake::get);
        assertThat(etcd.login.calls()).isEqualTo(1);
    }

    @Test
    void anExpiredTokenIsRenewedAndTheCallRepeatedAtOnce() {
        etcd.login.script(answer(token("first")), answer(token("second")));
        etcd.range.script(fail(INVALID_TOKEN), answer(RangeResponse.getDefaultInstance()));

        get(login().range(QUERY));

        assertThat(etcd.header(CallHeaders.TOKEN)).containsExactly("none", "first", "none", "second");
    }

    @Test
    void anExpiredTokenCountsAsNoAttemptAndEvenTransactionsForOnceGoOn() {
        etcd.txn.script(
                fail(Status.INVALID_ARGUMENT.withDescription("etcdserver: revision of auth store is old")),
                answer(TxnResponse.newBuilder().setSucceeded(true).build()));
        Store store = open(options -> options.credentials("alice", "wonderland").retry(RetryConfig.none()));

        assertThat(get(store.txn(Txn.always(Txn.Op.get("/k")).delivered(Delivery.ONCE)))
                        .succeeded())
                .isTrue();
        assertThat(etcd.login.calls()).isEqualTo(2);
    }

    @Test
    void aServerThatRefusesEveryTokenIsNotAskedForEver() {
        etcd.range.script(fail(INVALID_TOKEN));

        CoordinationException failure = failure(login().range(QUERY));

        assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(etcd.range.calls()).isEqualTo(3);
    }

    @Test
    void manyCallsWithOneExpiredTokenRenewItOnce() {
        Store store = login();
        get(store.range(QUERY));
        CountDownLatch all = new CountDownLatch(20);
        AtomicInteger served = new AtomicInteger();
        List<StreamObserver<RangeResponse>> held = new CopyOnWriteArrayList<>();
        etcd.range.script(out -> {
            if (served.incrementAndGet() <= 20) {
                held.add(out);
                all.countDown();
            } else {
                Scripted.answer(RangeResponse.getDefaultInstance()).accept(out);
            }
        });
        List<CompletableFuture<RangeResult>> calls =
                IntStream.range(0, 20).mapToObj(i -> store.range(QUERY)).toList();
        Awaitility.await().until(() -> all.getCount() == 0);

        held.forEach(out -> out.onError(INVALID_TOKEN.asRuntimeException()));

        calls.forEach(StoreOnFake::get);
        assertThat(etcd.login.calls()).isEqualTo(2);
    }

    @Test
    void hundredsOfCallsWithOneExpiredTokenLogInOnceAndSayItOnce() {
        AtomicInteger heard = new AtomicInteger();
        etcd.login.script(answer(token("first")), answer(token("second")));
        Store store = open(options -> options.credentials("alice", "wonderland")
                .maxCallsInFlight(400)
                .instrumentation(new Instrumentation() {
                    @Override
                    public Connections connections() {
                        return new Connections() {
                            @Override
                            public void loggedIn() {
                                heard.incrementAndGet();
                            }
                        };
                    }
                }));
        get(store.range(QUERY));
        List<StreamObserver<RangeResponse>> held = new CopyOnWriteArrayList<>();
        AtomicInteger served = new AtomicInteger();
        etcd.range.script(out -> {
            if (served.incrementAndGet() <= 300) {
                held.add(out);
            } else {
                Scripted.answer(RangeResponse.getDefaultInstance()).accept(out);
            }
        });
        List<CompletableFuture<RangeResult>> calls =
                IntStream.range(0, 300).mapToObj(i -> store.range(QUERY)).toList();
        Awaitility.await().until(() -> held.size() == 300);

        held.forEach(out -> out.onError(INVALID_TOKEN.asRuntimeException()));

        calls.forEach(StoreOnFake::get);
        assertThat(etcd.login.calls()).isEqualTo(2);
        assertThat(heard).hasValue(2);
    }

    @Test
    void aLoginFailsOverToAnotherMember() {
        try (FakeEtcd hung = new FakeEtcd();
                FakeEtcd broken = new FakeEtcd()) {
            hung.login.script(hang());
            broken.login.script(fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader")));
            for (int i = 0; i < 4; i++) {
                Store store = open(options -> options.endpoints(hung.endpoint(), broken.endpoint(), etcd.endpoint())
                        .credentials("alice", "wonderland")
                        .requestTimeout(Duration.ofSeconds(4))
                        .retry(RetryConfig.none()));

                get(store.range(QUERY));
            }
        }
    }

    @Test
    void aWrongPasswordIsToldAsItIsAndNotTriedAgain() {
        etcd.login.script(fail(Status.INVALID_ARGUMENT.withDescription(
                "etcdserver: authentication failed, invalid user ID or password")));

        CoordinationException failure = failure(login().range(QUERY));

        assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining("username 'alice'")
                .hasMessageContaining("check username and password");
        assertThat(failure.getMessage()).doesNotContain("wonderland");
        assertThat(etcd.login.calls()).isEqualTo(1);
        assertThat(etcd.range.calls()).isZero();
    }

    @Test
    void aLoginThatFailsForAMomentIsTriedAgainAndNotTakenForAWrongPassword() {
        etcd.login.script(fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader")), answer(token("token")));

        get(login().range(QUERY));

        assertThat(etcd.login.calls()).isEqualTo(2);
    }

    @Test
    void aLoginThatHangsEndsTheCallInTime() {
        etcd.login.script(hang());
        Store store =
                open(options -> options.credentials("alice", "wonderland").requestTimeout(Duration.ofMillis(300)));

        CoordinationException failure = failure(store.range(QUERY));

        assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @Test
    void aServerWithoutAuthenticationIsUsedWithoutAToken() {
        etcd.login.script(
                fail(Status.FAILED_PRECONDITION.withDescription("etcdserver: authentication is not enabled")));
        Store store = login();

        get(store.range(QUERY));
        get(store.range(QUERY));

        assertThat(etcd.login.calls()).isEqualTo(1);
        assertThat(etcd.header(CallHeaders.TOKEN)).containsExactly("none", "none", "none");
    }

    @Test
    void authenticationThatIsTurnedOnLaterIsNoticed() {
        etcd.login.script(
                fail(Status.FAILED_PRECONDITION.withDescription("etcdserver: authentication is not enabled")),
                answer(token("token")));
        Store store = login();
        get(store.range(QUERY));
        etcd.range.script(
                fail(Status.INVALID_ARGUMENT.withDescription("etcdserver: user name is empty")),
                answer(RangeResponse.getDefaultInstance()));

        get(store.range(QUERY));

        assertThat(etcd.login.calls()).isEqualTo(2);
    }

    @Test
    void aWatchCarriesTheTokenAndRenewsARefusedOneWithoutAnInterruption() throws InterruptedException {
        etcd.login.script(answer(token("first")), answer(token("second")));
        WatchRecorder recorder = new WatchRecorder();
        login().watch(KeyRange.prefix("/p/"), 0, recorder);

        etcd.nextWatch().refused("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
        FakeWatch second = etcd.nextWatch();
        second.request();
        second.created(10);

        recorder.await("opened 10");
        assertThat(recorder.heard()).containsExactly("opened 10");
        assertThat(etcd.header(CallHeaders.TOKEN)).containsExactly("none", "first", "none", "second");
    }
}

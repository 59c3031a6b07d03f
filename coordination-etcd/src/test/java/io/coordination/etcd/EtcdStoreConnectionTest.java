package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.TlsOptions;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class EtcdStoreConnectionTest extends StoreOnFake {

    private static final RangeQuery QUERY = RangeQuery.key("/k");
    private static final Txn PUT = Txn.always(Op.put("/k", Bytes.utf8("v"), 0));

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Store openAt(String... endpoints) {
        return open(options -> options.endpoints(List.of(endpoints)).requestTimeout(Duration.ofSeconds(3)));
    }

    @Test
    void aRefusedConnectionIsToldWithAddressAndCauseWithinTheRequestTimeout() throws IOException {
        String nobody = "http://127.0.0.1:" + freePort();
        long began = System.nanoTime();

        CoordinationException failure = failure(openAt(nobody).txn(PUT));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
        assertThat(failure.retryable()).isTrue();
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(failure)
                .hasMessageContaining(nobody)
                .hasMessageContaining("Connection refused")
                .hasMessageContaining("3 attempts");
    }

    @Test
    void withOneAttemptARefusedConnectionIsToldAtOnce() throws IOException {
        String nobody = "http://127.0.0.1:" + freePort();
        long began = System.nanoTime();

        failure(open(options -> options.endpoints(nobody).retry(RetryConfig.none()))
                .range(QUERY));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void anEndpointThatAcceptsAndNeverAnswersEndsTheCallInTime() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            long began = System.nanoTime();
            String endpoint = "http://127.0.0.1:" + mute.getLocalPort();

            CoordinationException failure = failure(openAt(endpoint).txn(PUT));

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure)
                    .hasMessageContaining(endpoint)
                    .hasMessageContaining("no connection was ready in time")
                    .hasMessageContaining("within 3 s");
        }
    }

    @Test
    void aHostNameThatDoesNotExistIsNamed() {
        CoordinationException failure =
                failure(openAt("http://nowhere.invalid:2379").range(QUERY));

        assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
        assertThat(failure).hasMessageContaining("nowhere.invalid").hasMessageContaining("looked up");
    }

    @Test
    void httpsToAServerWithoutTlsSaysSo() {
        Store store = open(options -> options.endpoints("https://127.0.0.1:" + etcd.port())
                .tls(TlsOptions.jvmTrust())
                .requestTimeout(Duration.ofSeconds(3)));

        CoordinationException failure = failure(store.range(QUERY));

        assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
        assertThat(failure).hasMessageContaining("does not speak TLS");
    }

    @Test
    void aServerThatIsNoEtcdIsTakenForNone() throws IOException {
        try (ServerSocket web = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> answerInHttp1(web), "web");
            server.setDaemon(true);
            server.start();

            CoordinationException failure =
                    failure(openAt("http://127.0.0.1:" + web.getLocalPort()).range(QUERY));

            assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.CONNECTION_ERROR);
            assertThat(failure).hasMessageContaining("is it an etcd");
        }
    }

    private static void answerInHttp1(ServerSocket web) {
        while (!web.isClosed()) {
            try (Socket client = web.accept()) {
                client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
            } catch (IOException closed) {
                assertThat(closed).isNotNull();
            }
        }
    }

    @Test
    void aHostNameIsLookedUp() {
        assertThat(get(openAt("http://localhost:" + etcd.port()).range(QUERY)).entries())
                .isEmpty();
    }

    @Test
    void anIpv6LiteralIsConnectedTo() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getAllByName("::1")[0])) {
            String endpoint = "http://[::1]:" + socket.getLocalPort();
            CompletableFuture<RangeResult> call = openAt(endpoint).range(QUERY);

            assertThat(socket.accept().isConnected()).isTrue();
            call.cancel(true);
        } catch (java.net.BindException noIpv6) {
            // Nothing to connect to on this machine; that the literal was understood shows in the sentence.
            assertThat(failure(openAt("http://[::1]:1").range(QUERY))).hasMessageContaining("[::1]:1");
        }
    }

    @Test
    void callsGoToAllEndpointsInTurn() {
        try (FakeEtcd second = new FakeEtcd()) {
            Store store = openAt(etcd.endpoint(), second.endpoint());
            await().until(() -> {
                get(store.range(QUERY));
                return second.range.calls() > 0 && etcd.range.calls() > 0;
            });
            int first = etcd.range.calls();
            int other = second.range.calls();

            IntStream.range(0, 20).forEach(i -> get(store.range(QUERY)));

            assertThat(etcd.range.calls() - first).isEqualTo(10);
            assertThat(second.range.calls() - other).isEqualTo(10);
        }
    }

    @Test
    void aMemberThatIsDownIsPassedOver() throws IOException {
        Store store = openAt("http://127.0.0.1:" + freePort(), etcd.endpoint());

        IntStream.range(0, 10).forEach(i -> get(store.txn(PUT)));

        assertThat(etcd.txn.calls()).isEqualTo(10);
    }

    @Test
    void aMemberThatHangsCostsOnlyAShareOfTheTime() {
        try (FakeEtcd hung = new FakeEtcd()) {
            hung.range.script(Scripted.hang());
            Store store = openAt(etcd.endpoint(), hung.endpoint());

            for (int i = 0; i < 4; i++) {
                get(store.range(QUERY));
            }
        }
    }

    @Test
    void aServerThatComesBackWithinASecondIsNotNoticed() throws IOException {
        int port = freePort();
        Store store = openAt("http://127.0.0.1:" + port);
        CompletableFuture<?> call = store.txn(PUT);
        await().pollDelay(Duration.ofMillis(700)).until(() -> !call.isDone());

        try (FakeEtcd late = new FakeEtcd(port)) {
            get(call);
            assertThat(late.txn.calls()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatWasAwayForLongIsUsedAgainWithinSeconds() throws IOException {
        int port = freePort();
        Store store = open(options -> options.endpoints("http://127.0.0.1:" + port)
                .requestTimeout(Duration.ofMillis(300))
                .retry(RetryConfig.none()));
        WatchRecorder recorder = new WatchRecorder();
        store.watch(KeyRange.prefix("/p/"), 0, recorder);
        recorder.await("interrupted CONNECTION_ERROR");
        await().pollDelay(Duration.ofSeconds(2)).until(() -> recorder.heard().size() == 1);

        try (FakeEtcd late = new FakeEtcd(port)) {
            long began = System.nanoTime();
            await().atMost(Duration.ofSeconds(5)).ignoreExceptions().until(() -> get(store.range(QUERY)) != null);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
            assertThat(late.range.calls()).isPositive();
        }
    }

    @Test
    void anAnswerOfMoreThanFourMebibytesArrives() {
        byte[] large = new byte[6 << 20];
        etcd.range.script(Scripted.answer(io.etcd.jetcd.api.RangeResponse.newBuilder()
                .addKvs(io.etcd.jetcd.api.KeyValue.newBuilder()
                        .setKey(com.google.protobuf.ByteString.copyFromUtf8("/k"))
                        .setValue(com.google.protobuf.ByteString.copyFrom(large)))
                .build()));

        assertThat(get(open().range(QUERY)).first().orElseThrow().value().size())
                .isEqualTo(large.length);
    }

    @Test
    void whatWasNeverSentIsRepeatedEvenForTransactionsForOnce() throws IOException {
        int port = freePort();
        Store store = openAt("http://127.0.0.1:" + port);
        CompletableFuture<?> call = store.txn(PUT);

        try (FakeEtcd late = new FakeEtcd(port)) {
            get(call);
            assertThat(late.txn.calls()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatDiesUnderACallLeavesTheOutcomeUnknown() {
        etcd.txn.script(Scripted.hang());
        CompletableFuture<?> call = openAt(etcd.endpoint()).txn(PUT);
        await().until(() -> etcd.txn.calls() == 1);

        etcd.close();

        CoordinationException failure = failure(call);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(failure.code()).isIn(ErrorCode.CONNECTION_ERROR, ErrorCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void aDependentMayCloseTheStoreOnTheThreadOfItsCall() throws Exception {
        Store store = open();

        store.range(QUERY).thenRun(store::close).get(10, TimeUnit.SECONDS);

        assertThat(failure(store.range(QUERY)).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void aLostStreamOfAServerThatShutsDownIsAnInterruption() throws InterruptedException {
        WatchRecorder recorder = new WatchRecorder();
        openAt(etcd.endpoint()).watch(KeyRange.prefix("/p/"), 0, recorder);
        FakeWatch stream = etcd.nextWatch();
        stream.request();
        stream.created(3).fail(Status.UNAVAILABLE.withDescription("etcdserver: server stopped"));

        recorder.await("interrupted SERVICE_UNAVAILABLE");
    }
}

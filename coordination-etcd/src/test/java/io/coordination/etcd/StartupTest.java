package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.TlsOptions;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StartupTest extends StoreOnFake {

    /** So long that a failure before it was no time-out. */
    private static final Duration LONG = Duration.ofSeconds(8);

    private static StatusResponse status(String version, long leader) {
        return StatusResponse.newBuilder().setVersion(version).setLeader(leader).build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String nobody() throws IOException {
        return "http://127.0.0.1:" + freePort();
    }

    private Store openPatient(String... endpoints) {
        return open(options ->
                options.endpoints(List.of(endpoints)).connectTimeout(LONG).requestTimeout(LONG));
    }

    private Store openHasty(String... endpoints) {
        return open(options -> options.endpoints(List.of(endpoints))
                .connectTimeout(Duration.ofMillis(600))
                .requestTimeout(Duration.ofMillis(800)));
    }

    private Store openOverTls(int port, Duration limit) {
        return open(options -> options.endpoints("https://127.0.0.1:" + port)
                .tls(TlsOptions.jvmTrust())
                .connectTimeout(limit)
                .requestTimeout(limit));
    }

    private static void inBackground(Runnable server) {
        Thread thread = new Thread(server, "server of a test");
        thread.setDaemon(true);
        thread.start();
    }

    /** A failure that comes long before the time is up. */
    private static CoordinationException failureAtOnce(CompletableFuture<?> ready) {
        long began = System.nanoTime();
        CoordinationException failure = failure(ready);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as(failure.getMessage())
                .isLessThan(LONG.dividedBy(2));
        return failure;
    }

    @Nested
    @DisplayName("Succeeds")
    class Succeeds {

        @Test
        void whenTheMemberServes() {
            get(openPatient(etcd.endpoint()).ready());

            assertThat(etcd.range.requests()).singleElement().matches(request -> !request.getSerializable());
        }

        @Test
        void whenOneOfSeveralServes() throws IOException {
            try (FakeEtcd hung = new FakeEtcd();
                    FakeEtcd leaderless = new FakeEtcd()) {
                hung.status.script(hang());
                leaderless.status.script(answer(status("3.5.30", 0)));

                get(openPatient(nobody(), hung.endpoint(), leaderless.endpoint(), etcd.endpoint())
                        .ready());
            }
        }

        @Test
        void whenTheServerComesInTime() throws IOException {
            int port = freePort();
            CompletableFuture<Void> ready =
                    openPatient("http://127.0.0.1:" + port).ready();
            await().pollDelay(Duration.ofMillis(400)).until(() -> !ready.isDone());

            try (FakeEtcd late = new FakeEtcd(port)) {
                get(ready);
                assertThat(late.range.calls()).isEqualTo(1);
            }
        }

        @Test
        void whenTheLeaderComesInTime() {
            etcd.status.script(answer(status("3.5.30", 0)), answer(status("3.5.30", 0)), answer(status("3.5.30", 7)));

            get(openPatient(etcd.endpoint()).ready());
        }

        @Test
        void whenTheFirstReadFailsForAMoment() {
            etcd.range.script(
                    fail(Status.UNAVAILABLE.withDescription("etcdserver: leader changed")),
                    answer(RangeResponse.getDefaultInstance()));

            get(openPatient(etcd.endpoint()).ready());
        }

        @Test
        void whereTheStatusIsNotToldToEverybody() {
            etcd.status.script(fail(Status.PERMISSION_DENIED));

            get(openPatient(etcd.endpoint()).ready());
        }

        @Test
        void withATokenThatMustBeRenewed() {
            etcd.range.script(
                    fail(Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token")),
                    answer(RangeResponse.getDefaultInstance()));

            get(open(options -> options.credentials("alice", "wonderland")).ready());

            assertThat(etcd.login.calls()).isEqualTo(2);
        }
    }

    @Nested
    @DisplayName("Fails at once")
    class FailsAtOnce {

        @Test
        void withAWrongPassword() {
            etcd.login.script(fail(Status.INVALID_ARGUMENT.withDescription(
                    "etcdserver: authentication failed, invalid user ID or password")));
            Store store = open(options -> options.credentials("alice", "looking-glass")
                    .requestTimeout(LONG)
                    .connectTimeout(LONG));

            CoordinationException failure = failureAtOnce(store.ready());

            assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
            assertThat(failure)
                    .hasMessageContaining(etcd.endpoint())
                    .hasMessageContaining("check username and password");
            assertThat(failure.getMessage()).doesNotContain("looking-glass");
        }

        @Test
        void withoutTheRightToRead() {
            etcd.range.script(fail(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied")));

            CoordinationException failure =
                    failureAtOnce(openPatient(etcd.endpoint()).ready());

            assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
            assertThat(failure).hasMessageContaining("the user lacks the permission");
        }

        @Test
        void withHttpsToAServerWithoutTls() {
            Store store = openOverTls(etcd.port(), LONG);

            assertThat(failureAtOnce(store.ready())).hasMessageContaining("does not speak TLS");
        }

        @Test
        void whenTheServerIsNoEtcd() throws IOException {
            try (ServerSocket web = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
                inBackground(() -> answerInHttp1(web));

                assertThat(failureAtOnce(openPatient("http://127.0.0.1:" + web.getLocalPort())
                                .ready()))
                        .hasMessageContaining("is it an etcd");
            }
        }

        /** Keeps its connections open, as web servers do. */
        private void answerInHttp1(ServerSocket web) {
            List<Socket> open = new ArrayList<>();
            try {
                while (!web.isClosed()) {
                    Socket client = web.accept();
                    open.add(client);
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    client.getOutputStream().flush();
                }
            } catch (IOException closed) {
                assertThat(open).isNotEmpty();
            }
        }

        @Test
        void whenTheServerIsTooOld() {
            etcd.status.script(answer(status("3.3.10", 1)));

            CoordinationException failure =
                    failureAtOnce(openPatient(etcd.endpoint()).ready());

            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_STATE);
            assertThat(failure).hasMessageContaining("etcd 3.3.10").hasMessageContaining("3.4 or later");
            assertThat(etcd.range.calls()).isZero();
        }

        @Test
        void whenTheOnlyEndpointIsALearner() {
            etcd.status.script(
                    answer(status("3.5.30", 1).toBuilder().setIsLearner(true).build()));

            assertThat(failureAtOnce(openPatient(etcd.endpoint()).ready())).hasMessageContaining("learner");
        }
    }

    @Nested
    @DisplayName("Fails when the time is up")
    class FailsInTime {

        @Test
        void withOneSentenceForEachEndpoint() throws IOException {
            try (FakeEtcd leaderless = new FakeEtcd();
                    ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
                leaderless.status.script(answer(status("3.5.30", 0)));
                String refused = nobody();
                String silent = "http://127.0.0.1:" + mute.getLocalPort();
                String unknown = "http://nowhere.invalid:2379";

                CoordinationException failure = failure(openHasty(refused, leaderless.endpoint(), silent, unknown)
                        .ready());

                assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
                assertThat(failure)
                        .hasMessageContaining(refused + ": no connection could be made: ")
                        .hasMessageContaining("Connection refused")
                        .hasMessageContaining(leaderless.endpoint() + ": it knows no leader")
                        .hasMessageContaining(silent + ": ")
                        .hasMessageContaining(unknown + ": the host name cannot be looked up");
                assertThat(failure.getMessage().split("; ", -1)).hasSize(4);
            }
        }

        @Test
        void whenAServerWithoutTlsResetsTheHandshake() throws IOException {
            try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
                inBackground(() -> resetEveryConnection(plain));
                Store store = openOverTls(plain.getLocalPort(), Duration.ofSeconds(2));

                CoordinationException failure = failure(store.ready());

                assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
                assertThat(failure).hasMessageContaining("ended the TLS handshake: write http");
            }
        }

        /** Resets whoever says a word; who comes and goes without one is let go. */
        private void resetEveryConnection(ServerSocket plain) {
            while (!plain.isClosed()) {
                try (Socket client = plain.accept()) {
                    boolean saysSomething = client.getInputStream().read() >= 0;
                    client.setSoLinger(saysSomething, 0);
                } catch (IOException ended) {
                    // The client gave up first, or the test is over.
                }
            }
        }

        @Test
        void whenTheServerHangs() {
            etcd.status.script(hang());

            CoordinationException failure = failure(openHasty(etcd.endpoint()).ready());

            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure).hasMessageContaining(etcd.endpoint());
        }

        @Test
        void whenReadsHang() {
            etcd.range.script(hang());

            assertThat(failure(openHasty(etcd.endpoint()).ready()).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        }

        @Test
        void andTheStoreMayBeUsedAfterwards() {
            etcd.status.script(answer(status("3.5.30", 0)));
            Store store = openHasty(etcd.endpoint());
            failure(store.ready());

            etcd.status.script(answer(status("3.5.30", 1)));

            get(store.ready());
            get(store.range(RangeQuery.key("/k")));
        }
    }

    @Test
    void closingEndsTheWait() {
        etcd.status.script(answer(status("3.5.30", 0)));
        Store store = openPatient(etcd.endpoint());
        CompletableFuture<Void> ready = store.ready();

        store.close();

        assertThat(failureAtOnce(ready).code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(failureAtOnce(store.ready()).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void anUnsafeVersionIsKnownToLoseEvents() {
        etcd.status.script(answer(status("3.4.23", 1)));
        Store store = openPatient(etcd.endpoint());
        assertThat(store.losesWatchEvents()).isFalse();

        get(store.ready());

        await().until(store::losesWatchEvents);
    }
}

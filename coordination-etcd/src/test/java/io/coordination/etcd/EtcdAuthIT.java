package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.mirror.Mirror;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** User name and password on real servers, whose tokens live for one second only. */
@Timeout(120)
final class EtcdAuthIT extends StoreOnEtcd {

    private static final Duration PAST_EXPIRY = Duration.ofMillis(2500);

    @RegisterExtension
    static final EtcdExtension old = EtcdExtension.of(
            EtcdCluster.builder().version("3.4").auth("alice", "wonderland").tokenTtl(Duration.ofSeconds(1)));

    @RegisterExtension
    static final EtcdExtension current = EtcdExtension.of(
            EtcdCluster.builder().version("3.5").auth("alice", "wonderland").tokenTtl(Duration.ofSeconds(1)));

    static Stream<EtcdExtension> servers() {
        return Stream.of(old, current);
    }

    private Store login(List<String> endpoints, String password) {
        return open(endpoints, settings -> settings.credentials("alice", password));
    }

    private static void waitForExpiry() {
        await().pollDelay(PAST_EXPIRY).until(() -> true);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void anExpiredTokenIsRenewedUnnoticed(EtcdExtension etcd) {
        Store store = login(etcd.endpoints(), "wonderland");
        get(store.txn(put("/a", "1")));
        get(store.grant(4711, Duration.ofSeconds(60)));

        waitForExpiry();

        assertThat(get(store.range(RangeQuery.key("/a"))).entries()).hasSize(1);
        waitForExpiry();
        assertThat(get(store.renewOnce(4711, Duration.ofSeconds(3)))).isEqualTo(Duration.ofSeconds(60));
        get(store.revoke(4711));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aWatchThatIsOpenedOrReopenedWithAnExpiredTokenGoesOn(EtcdExtension etcd) {
        FaultProxy proxy = closedAtTheEnd(FaultProxy.to(etcd.cluster().clientUri(0)));
        Store store = login(List.of(proxy.uri().toString()), "wonderland");
        get(store.txn(put("/w/a", "1")));
        waitForExpiry();
        WatchRecorder recorder = new WatchRecorder();
        store.watch(KeyRange.prefix("/w/"), 0, recorder);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> recorder.heard().stream().anyMatch(line -> line.startsWith("opened")));
        assertThat(recorder.interruptions()).isEmpty();

        waitForExpiry();
        proxy.cut();
        long revision = get(store.txn(put("/w/b", "1"))).revision();

        recorder.await("revision " + revision + " [/w/b]");
        assertThat(recorder.interruptions()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void anOpenWatchASecondOneAndAMirrorOutliveTheToken(EtcdExtension etcd) {
        Store store = login(etcd.endpoints(), "wonderland");
        String prefix = "/open/" + etcd.cluster().version() + "/";
        WatchRecorder early = new WatchRecorder();
        WatchRecorder late = new WatchRecorder();
        Mirror mirror = closedAtTheEnd(Mirror.open(store, time, prefix));
        store.watch(KeyRange.prefix(prefix), 0, early);
        await().until(() -> !early.heard().isEmpty());
        get(mirror.ready());

        waitForExpiry();
        store.watch(KeyRange.prefix(prefix), 0, late);
        await().atMost(Duration.ofSeconds(10)).until(() -> !late.heard().isEmpty());
        long revision = get(store.txn(put(prefix + "a", "1"))).revision();

        early.await("revision " + revision + " [" + prefix + "a]");
        late.await("revision " + revision + " [" + prefix + "a]");
        get(mirror.reached(revision));
        assertThat(early.interruptions()).allMatch(cause -> cause.code() != ErrorCode.PERMISSION_DENIED);
        assertThat(late.interruptions()).allMatch(cause -> cause.code() != ErrorCode.PERMISSION_DENIED);
    }

    /** Three hundred calls find the token expired at once, and one of them fetches the next. */
    @ParameterizedTest
    @MethodSource("servers")
    void underLoadOneAuthenticationServesAllCalls(EtcdExtension etcd) {
        Store store = login(etcd.endpoints(), "wonderland");
        get(store.txn(put("/load", "0")));
        for (int round = 0; round < 2; round++) {
            waitForExpiry();
            double before = authentications(etcd);

            List<CompletableFuture<?>> calls = IntStream.range(0, 300)
                    .<CompletableFuture<?>>mapToObj(
                            i -> i % 3 == 0 ? store.txn(put("/load", "" + i)) : store.range(RangeQuery.key("/load")))
                    .toList();
            calls.forEach(StoreOnEtcd::get);

            assertThat(authentications(etcd) - before).isEqualTo(1);
        }
    }

    private static double authentications(EtcdExtension etcd) {
        return etcd.cluster()
                .member(0)
                .metric("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Authenticate\","
                        + "grpc_service=\"etcdserverpb.Auth\",grpc_type=\"unary\"}")
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aWrongPasswordIsDeniedAndNotLogged(EtcdExtension etcd) {
        CoordinationException failure =
                failure(login(etcd.endpoints(), "looking-glass").range(RangeQuery.key("/a")));

        assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(failure).hasMessageContaining("username 'alice'");
        assertThat(failure.getMessage()).doesNotContain("looking-glass");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void missingCredentialsAreNamed(EtcdExtension etcd) {
        CoordinationException failure =
                failure(open(etcd.endpoints(), settings -> settings).range(RangeQuery.key("/a")));

        assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(failure).hasMessageContaining("set username and password");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aUserWithoutTheRightIsDenied(EtcdExtension etcd) {
        String user = "guest-of-" + etcd.cluster().version().replace('.', '-');
        etcd.etcdctl("role", "add", user);
        etcd.etcdctl("role", "grant-permission", user, "--prefix=true", "read", "/public/");
        etcd.etcdctl("user", "add", user + ":pw");
        etcd.etcdctl("user", "grant-role", user, user);
        Store store = open(etcd.endpoints(), settings -> settings.credentials(user, "pw"));

        assertThat(get(store.range(RangeQuery.prefix("/public/"))).entries()).isEmpty();
        assertThat(failure(store.range(RangeQuery.key("/private"))).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        CoordinationException refused = failure(store.txn(put("/public/x", "1")));
        assertThat(refused.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(refused.outcomeUnknown()).isFalse();
        WatchRecorder recorder = new WatchRecorder();
        store.watch(KeyRange.prefix("/private/"), 0, recorder);
        recorder.await("interrupted PERMISSION_DENIED");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aWatchWithoutPermissionDoesNotDisturbItsNeighbours(EtcdExtension etcd) {
        String prefix = "/mine-on-" + etcd.cluster().version() + "/";
        String user = "reader-on-" + etcd.cluster().version().replace('.', '-');
        etcd.etcdctl("role", "add", user);
        etcd.etcdctl("role", "grant-permission", user, "--prefix=true", "readwrite", prefix);
        etcd.etcdctl("user", "add", user + ":pw");
        etcd.etcdctl("user", "grant-role", user, user);
        Store store = open(etcd.endpoints(), settings -> settings.credentials(user, "pw"));
        WatchRecorder before = new WatchRecorder();
        WatchRecorder refused = new WatchRecorder();
        WatchRecorder after = new WatchRecorder();
        store.watch(KeyRange.prefix(prefix), 0, before);
        await().until(() -> !before.heard().isEmpty());

        store.watch(KeyRange.prefix("/private/"), 0, refused);
        store.watch(KeyRange.prefix(prefix), 0, after);
        refused.await("interrupted PERMISSION_DENIED");
        await().atMost(Duration.ofSeconds(10)).until(() -> !after.heard().isEmpty());
        long revision = get(store.txn(put(prefix + "k", "1"))).revision();

        before.await("revision " + revision + " [" + prefix + "k]");
        after.await("revision " + revision + " [" + prefix + "k]");
        assertThat(before.interruptions()).isEmpty();
        assertThat(after.interruptions()).isEmpty();
    }

    @Test
    void credentialsForAServerWithoutAuthenticationAreIgnored() {
        try (EtcdCluster plain = EtcdCluster.builder().version("3.5").start()) {
            Store store = login(plain.endpoints(), "wonderland");

            get(store.txn(put("/a", "1")));
        }
    }
}

package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
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

    @Test
    void credentialsForAServerWithoutAuthenticationAreIgnored() {
        try (EtcdCluster plain = EtcdCluster.builder().version("3.5").start()) {
            Store store = login(plain.endpoints(), "wonderland");

            get(store.txn(put("/a", "1")));
        }
    }
}

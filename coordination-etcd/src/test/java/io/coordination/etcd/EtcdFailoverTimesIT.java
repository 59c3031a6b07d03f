package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.EtcdMember;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What one member of three that is dead, hung, unreachable or without a leader costs at default settings. */
@Timeout(240)
final class EtcdFailoverTimesIT extends StoreOnEtcd {

    private static final Duration FAIL_OVER = Duration.ofSeconds(3);
    private static final Duration WHILE = Duration.ofSeconds(5);

    /** Far above what a call of a healthy member takes, far below the share of an attempt that hangs. */
    private static final Duration SLOW = Duration.ofSeconds(1);

    @RegisterExtension
    static final EtcdExtension old =
            EtcdExtension.of(EtcdCluster.builder().version("3.4").members(3));

    @RegisterExtension
    static final EtcdExtension current =
            EtcdExtension.of(EtcdCluster.builder().version("3.5").members(3));

    static Stream<EtcdExtension> servers() {
        return Stream.of(old, current);
    }

    @AfterEach
    void bringAllBack() {
        servers().flatMap(etcd -> etcd.cluster().members().stream()).forEach(member -> {
            member.start();
            member.resume();
        });
        servers().flatMap(etcd -> etcd.cluster().members().stream()).forEach(EtcdMember::awaitHealthy);
    }

    /** A store that has used all its members. */
    private Store openAndUse(List<String> endpoints) {
        AnsweringMembers members = new AnsweringMembers();
        Store store = open(endpoints, settings -> settings.instrumentation(members));
        get(store.ready());
        await().until(() -> members.endpoints().size() == endpoints.size());
        return store;
    }

    /** Makes calls one after the other for a while and answers how long each took. All must succeed. */
    private static List<Duration> callsForAWhile(Store store) {
        List<Duration> times = new ArrayList<>();
        long end = System.nanoTime() + WHILE.toNanos();
        for (int i = 0; System.nanoTime() < end; i++) {
            long began = System.nanoTime();
            if (i % 2 == 0) {
                get(store.range(RangeQuery.key("/f")));
            } else {
                get(store.txn(put("/f", "" + i)));
            }
            times.add(Duration.ofNanos(System.nanoTime() - began));
        }
        return times;
    }

    private static void assertOneSlowCallAtMost(List<Duration> times) {
        assertThat(times).hasSizeGreaterThan(50).allMatch(time -> time.compareTo(FAIL_OVER) < 0);
        assertThat(times.stream().filter(time -> time.compareTo(SLOW) > 0)).hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aDeadMember(EtcdExtension etcd) {
        Store store = openAndUse(etcd.endpoints());

        etcd.cluster().followers().get(0).kill();

        assertOneSlowCallAtMost(callsForAWhile(store));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aHungMember(EtcdExtension etcd) {
        Store store = openAndUse(etcd.endpoints());

        etcd.cluster().followers().get(0).pause();

        assertOneSlowCallAtMost(callsForAWhile(store));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aMemberThatTheNetworkSwallows(EtcdExtension etcd) {
        List<FaultProxy> proxies = etcd.cluster().members().stream()
                .map(member -> closedAtTheEnd(FaultProxy.to(member.clientUri())))
                .toList();
        Store store =
                openAndUse(proxies.stream().map(proxy -> proxy.uri().toString()).toList());

        proxies.get(0).halfOpen();

        assertOneSlowCallAtMost(callsForAWhile(store));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aMemberWithoutALeader(EtcdExtension etcd) {
        EtcdExtension others = etcd == old ? current : old;
        List<EtcdMember> leaderless = etcd.cluster().members();
        List<String> endpoints = new ArrayList<>(others.endpoints());
        endpoints.add(leaderless.get(0).clientUri().toString());
        Store store = openAndUse(endpoints);

        leaderless.get(1).kill();
        leaderless.get(2).kill();

        List<Duration> times = callsForAWhile(store);
        assertOneSlowCallAtMost(times);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aMemberThatIsDeadFromTheBeginningWhicheverItIs(EtcdExtension etcd) {
        EtcdMember victim = etcd.cluster().followers().get(0);
        victim.kill();
        List<String> endpoints = new ArrayList<>(etcd.endpoints());
        endpoints.remove(victim.clientUri().toString());
        endpoints.add(0, victim.clientUri().toString());

        for (int i = 0; i < 6; i++) {
            Store store = open(endpoints, settings -> settings);
            long began = System.nanoTime();
            get(store.range(RangeQuery.key("/f")));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SLOW);
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aMemberThatComesBackIsUsedAgain(EtcdExtension etcd) {
        Store store = openAndUse(etcd.endpoints());
        EtcdMember victim = etcd.cluster().followers().get(0);
        victim.pause();
        callsForAWhile(store);
        double before = received(victim, victim::resume);

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            get(store.range(RangeQuery.key("/f").asSerializable()));
            return victim.metric("etcd_debugging_mvcc_range_total").orElse(0) > before + 5;
        });
    }

    private static double received(EtcdMember member, Runnable first) {
        first.run();
        member.awaitHealthy();
        return member.metric("etcd_debugging_mvcc_range_total").orElse(0);
    }
}

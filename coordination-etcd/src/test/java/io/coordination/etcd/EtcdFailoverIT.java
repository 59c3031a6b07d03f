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
import io.coordination.testkit.EtcdMember;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members of a cluster of three that die, freeze and come back. */
@Timeout(180)
final class EtcdFailoverIT extends StoreOnEtcd {

    @RegisterExtension
    static final EtcdExtension etcd =
            EtcdExtension.of(EtcdCluster.builder().version("3.5").members(3));

    @AfterEach
    void bringAllBack() {
        for (EtcdMember member : etcd.cluster().members()) {
            member.start();
            member.resume();
        }
        etcd.cluster().members().forEach(EtcdMember::awaitHealthy);
    }

    private Store open() {
        return open(etcd.endpoints(), settings -> settings);
    }

    @Test
    void aMemberThatIsKilledCostsNoCall() {
        Store store = open();
        get(store.txn(put("/f", "0")));
        EtcdMember victim = etcd.cluster().followers().get(0);

        victim.kill();

        for (int i = 0; i < 60; i++) {
            get(store.txn(put("/f", "" + i)));
            get(store.range(RangeQuery.key("/f")));
        }
    }

    @Test
    void aFrozenMemberCostsNoRepeatableCall() {
        Store store = open();
        IntStream.range(0, 6).forEach(i -> get(store.range(RangeQuery.key("/f"))));
        etcd.cluster().followers().get(0).pause();

        for (int i = 0; i < 3; i++) {
            get(store.range(RangeQuery.key("/f")));
            get(store.txn(put("/f", "" + i)));
        }
    }

    @Test
    void aLeaseOutlivesTheLeader() {
        Store store = open();
        long lease = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        get(store.grant(lease, Duration.ofSeconds(10)));

        etcd.cluster().leader().kill();

        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> get(store.renewOnce(lease, Duration.ofSeconds(2))).equals(Duration.ofSeconds(10)));
        get(store.revoke(lease));
    }

    @Test
    void aWatchMovesToAnotherMemberAndMissesNothing() {
        Store store = open();
        WatchRecorder recorder = new WatchRecorder();
        long first = get(store.txn(put("/w/0", "x"))).revision();
        store.watch(KeyRange.prefix("/w/"), first, recorder);
        recorder.await("revision " + first + " [/w/0]");

        for (int round = 1; round <= 3; round++) {
            EtcdMember victim = etcd.cluster().member(round - 1);
            victim.kill();
            String key = "/w/" + round;
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> get(store.txn(put(key, "x"))) != null);
            victim.start();
            victim.awaitHealthy();
        }

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(recorder.heard()).anyMatch(line -> line.contains("[/w/3]")));
        assertThat(recorder.heard().stream()
                        .filter(line -> line.startsWith("revision"))
                        .distinct())
                .hasSize((int) recorder.heard().stream()
                        .filter(line -> line.startsWith("revision"))
                        .count());
        assertThat(recorder.heard())
                .anyMatch(line -> line.contains("[/w/1]"))
                .anyMatch(line -> line.contains("[/w/2]"));
    }

    @Test
    void withoutAMajorityCallsEndInTimeAndWatchesAreInterrupted() {
        Store store = open();
        WatchRecorder recorder = new WatchRecorder();
        store.watch(KeyRange.prefix("/w/"), 0, recorder);
        await().until(() -> !recorder.heard().isEmpty());
        etcd.cluster().member(0).kill();
        etcd.cluster().member(1).kill();
        long began = System.nanoTime();

        CoordinationException failure = failure(store.txn(put("/f", "lost")));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
        assertThat(failure.code())
                .isIn(ErrorCode.TIMEOUT_ERROR, ErrorCode.SERVICE_UNAVAILABLE, ErrorCode.CONNECTION_ERROR);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !recorder.interruptions().isEmpty());

        bringAllBack();
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> get(store.txn(put("/w/x", "1"))) != null);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(recorder.heard()).anyMatch(line -> line.contains("[/w/x]")));
    }
}

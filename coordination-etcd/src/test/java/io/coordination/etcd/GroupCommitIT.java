package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.group.GroupCommit;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many small transactions in one revision, on real servers. */
@Timeout(120)
final class GroupCommitIT extends StoreOnEtcd {

    private static final int QUEUES = 20;
    private static final int ROUNDS = 50;

    @RegisterExtension
    static final EtcdExtension old = EtcdExtension.of(EtcdCluster.builder().version("3.4"));

    @RegisterExtension
    static final EtcdExtension current = EtcdExtension.of(EtcdCluster.builder().version("3.5"));

    static Stream<EtcdExtension> servers() {
        return Stream.of(old, current);
    }

    private Store open(EtcdExtension etcd) {
        return open(etcd.endpoints(), settings -> settings.requestTimeout(Duration.ofSeconds(20)));
    }

    private GroupCommit groupCommit(Store store) {
        return closedAtTheEnd(new GroupCommit(store));
    }

    private static String queue(int index) {
        return "/queues/" + index + "/";
    }

    private static Txn enqueue(String queue, String member) {
        return Txn.when(Compare.absent(queue + member))
                .then(Op.put(queue + member, Bytes.EMPTY, 0), Op.get(RangeQuery.of(KeyRange.prefix(queue))));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void whoeverJoinsAQueueSeesAllBeforeAndNobodyShares(EtcdExtension etcd) {
        Store store = open(etcd);
        List<GroupCommit> clients = List.of(groupCommit(store), groupCommit(open(etcd)));
        long before = get(store.range(RangeQuery.key("/none"))).revision();

        List<CompletableFuture<TxnResult>> joined = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (int queue = 0; queue < QUEUES; queue++) {
                for (int client = 0; client < clients.size(); client++) {
                    joined.add(clients.get(client).txn(enqueue(queue(queue), client + "-" + round)));
                }
            }
        }

        for (CompletableFuture<TxnResult> each : joined) {
            TxnResult result = get(each);
            assertThat(result.succeeded()).isTrue();
            assertThat(result.range(1).entries())
                    .filteredOn(entry -> entry.createRevision() == result.revision())
                    .as("those who joined in this revision")
                    .hasSize(1);
        }
        for (int queue = 0; queue < QUEUES; queue++) {
            assertThat(get(store.range(RangeQuery.prefix(queue(queue)))).entries())
                    .extracting(KeyValue::createRevision)
                    .hasSize(clients.size() * ROUNDS)
                    .doesNotHaveDuplicates();
        }
        long revisions = get(store.range(RangeQuery.key("/none"))).revision() - before;
        assertThat(revisions).as("revisions for %d transactions", joined.size()).isLessThan(joined.size() / 2L);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aLeaseThatIsGoneConcernsOnlyThoseWhoUseIt(EtcdExtension etcd) {
        Store store = open(etcd);
        GroupCommit commit = groupCommit(store);
        long dead = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);

        List<CompletableFuture<TxnResult>> puts = IntStream.range(0, 200)
                .mapToObj(i -> commit.txn(Txn.always(Op.put("/leased/" + i, Bytes.EMPTY, i % 10 == 0 ? dead : 0))))
                .toList();

        for (int i = 0; i < puts.size(); i++) {
            if (i % 10 == 0) {
                assertThat(failure(puts.get(i)).code()).isEqualTo(ErrorCode.NOT_FOUND);
            } else {
                get(puts.get(i));
            }
        }
        assertThat(get(store.range(RangeQuery.prefix("/leased/"))).entries())
                .hasSize(180)
                .allMatch(entry -> entry.version() == 1);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void sixtyFourMembersOfFiveOperationsAreTaken(EtcdExtension etcd) {
        Store store = open(etcd);
        GroupCommit commit = groupCommit(store);

        List<CompletableFuture<TxnResult>> all = IntStream.range(0, 66)
                .mapToObj(i -> commit.txn(Txn.always(IntStream.range(0, 5)
                        .mapToObj(j -> Op.put("/wide/" + i + "/" + j, Bytes.copyOf(new byte[1_000]), 0))
                        .toArray(Op[]::new))))
                .toList();

        all.forEach(StoreOnEtcd::get);
        assertThat(all.stream().map(each -> get(each).revision()).distinct()).hasSizeLessThan(66);
    }
}

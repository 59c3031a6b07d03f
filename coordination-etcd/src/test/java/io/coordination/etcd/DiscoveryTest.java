package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinatorOptions;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.testkit.ManualTime;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DiscoveryTest extends StoreOnFake {

    private static final long CLUSTER = 4711;
    private static final RangeQuery QUERY = RangeQuery.key("/k");

    private static MemberListResponse list(FakeEtcd... members) {
        MemberListResponse.Builder list = MemberListResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(CLUSTER));
        for (FakeEtcd member : members) {
            list.addMembers(Member.newBuilder().addClientURLs(member.endpoint()));
        }
        return list.build();
    }

    private static FakeEtcd inCluster(FakeEtcd member, long cluster) {
        member.status.script(answer(StatusResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(cluster))
                .setVersion("3.5.30")
                .setLeader(1)
                .build()));
        return member;
    }

    private Store discovering() {
        return open(options -> options.discoverMembers(true));
    }

    private static void awaitCallsTo(FakeEtcd member, Store store) {
        int before = member.range.calls();
        await().until(() -> {
            get(store.range(QUERY));
            return member.range.calls() > before;
        });
    }

    @Test
    void theOtherMembersAreUsedToo() {
        try (FakeEtcd second = inCluster(new FakeEtcd(), CLUSTER);
                FakeEtcd third = inCluster(new FakeEtcd(), CLUSTER)) {
            etcd.memberList.script(answer(list(etcd, second, third)));
            Store store = discovering();

            awaitCallsTo(second, store);
            awaitCallsTo(third, store);
            awaitCallsTo(etcd, store);
        }
    }

    @Test
    void callsGoOnWithoutTheGivenEndpoint() {
        try (FakeEtcd second = inCluster(new FakeEtcd(), CLUSTER)) {
            etcd.memberList.script(answer(list(etcd, second)));
            Store store = discovering();
            awaitCallsTo(second, store);

            etcd.close();

            awaitCallsTo(second, store);
            awaitCallsTo(second, store);
        }
    }

    @Test
    void aMemberOfAnotherClusterIsNotUsed() {
        try (FakeEtcd stranger = inCluster(new FakeEtcd(), 1)) {
            etcd.memberList.script(answer(list(etcd, stranger)));
            Store store = discovering();
            get(store.range(QUERY));
            await().until(() -> stranger.status.calls() > 0);

            for (int i = 0; i < 20; i++) {
                get(store.range(QUERY));
            }

            assertThat(stranger.range.calls()).isZero();
        }
    }

    @Test
    void theListIsAskedForWithTheTokenAndOnlyWhenWanted() {
        get(open(options -> options.credentials("alice", "wonderland")).range(QUERY));
        assertThat(etcd.memberList.calls()).isZero();

        get(open(options -> options.credentials("alice", "wonderland").discoverMembers(true))
                .range(QUERY));

        await().until(() -> etcd.memberList.calls() == 1);
        assertThat(etcd.header(CallHeaders.TOKEN)).doesNotContain("none,none").contains("token");
    }

    @Test
    void theListIsAskedForAgainEveryMinuteWhetherItCameOrNot() {
        etcd.memberList.script(fail(Status.PERMISSION_DENIED), answer(list(etcd)));
        ManualTime manual = new ManualTime();
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints(etcd.endpoint())
                .discoverMembers(true)
                .build();
        try (Store store = new EtcdStoreProvider().open(options, manual)) {
            get(store.range(QUERY));
            await().until(() -> {
                manual.advance(Duration.ZERO);
                return etcd.memberList.calls() == 1;
            });

            for (int minute = 2; minute <= 4; minute++) {
                int expected = minute;
                await().until(() -> {
                    if (etcd.memberList.calls() < expected) {
                        manual.advance(Duration.ofSeconds(10));
                    }
                    return etcd.memberList.calls() == expected;
                });
            }
        }
    }
}

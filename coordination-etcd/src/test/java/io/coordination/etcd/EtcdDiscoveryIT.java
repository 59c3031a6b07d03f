package io.coordination.etcd;

import static org.awaitility.Awaitility.await;

import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One endpoint of three is given; the others are found. One of the clusters wants a login. */
@Timeout(120)
final class EtcdDiscoveryIT extends StoreOnEtcd {

    @RegisterExtension
    static final EtcdExtension old =
            EtcdExtension.of(EtcdCluster.builder().version("3.4").members(3));

    @RegisterExtension
    static final EtcdExtension guarded =
            EtcdExtension.of(EtcdCluster.builder().version("3.5").members(3).auth("alice", "wonderland"));

    static Stream<EtcdExtension> servers() {
        return Stream.of(old, guarded);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void callsGoOnWhenTheGivenEndpointDies(EtcdExtension etcd) {
        AnsweringMembers members = new AnsweringMembers();
        Store store = open(List.of(etcd.endpoints().get(0)), settings -> {
            settings.discoverMembers(true).instrumentation(members);
            return etcd == guarded ? settings.credentials("alice", "wonderland") : settings;
        });
        get(store.ready());
        await().until(() -> members.endpoints().containsAll(etcd.endpoints()));

        etcd.cluster().member(0).kill();

        for (int i = 0; i < 40; i++) {
            get(store.txn(put("/d", "" + i)));
            get(store.range(RangeQuery.key("/d")));
        }
    }
}

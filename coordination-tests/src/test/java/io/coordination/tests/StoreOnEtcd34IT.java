package io.coordination.tests;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rules of the store on etcd 3.4. */
final class StoreOnEtcd34IT extends StoreOnEtcd {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.of(EtcdCluster.builder().version("3.4"));

    StoreOnEtcd34IT() {
        super(etcd);
    }
}

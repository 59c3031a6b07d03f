package io.coordination.tests;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rules of the store on etcd 3.5. */
final class StoreOnEtcd35IT extends StoreOnEtcd {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.of(EtcdCluster.builder().version("3.5"));

    StoreOnEtcd35IT() {
        super(etcd);
    }
}

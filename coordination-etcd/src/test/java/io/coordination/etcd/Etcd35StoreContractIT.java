package io.coordination.etcd;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rules of the store on etcd 3.5. */
final class Etcd35StoreContractIT extends EtcdStoreContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.of(EtcdCluster.builder().version("3.5"));

    Etcd35StoreContractIT() {
        super(etcd);
    }
}

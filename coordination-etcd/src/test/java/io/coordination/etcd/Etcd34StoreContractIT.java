package io.coordination.etcd;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rules of the store on etcd 3.4. */
final class Etcd34StoreContractIT extends EtcdStoreContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.of(EtcdCluster.builder().version("3.4"));

    Etcd34StoreContractIT() {
        super(etcd);
    }
}

package io.coordination.etcd;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

final class WriteFaultsEtcd34IT extends WriteFaultScenarios {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.of(EtcdCluster.builder().version("3.4"));

    @Override
    EtcdExtension etcd() {
        return etcd;
    }
}

package io.coordination.etcd;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

final class FullDiskEtcd34IT extends FullDiskScenarios {

    @RegisterExtension
    static final EtcdExtension etcd =
            EtcdExtension.of(EtcdCluster.builder().version("3.4").arguments(QUOTA));

    @Override
    EtcdExtension etcd() {
        return etcd;
    }
}

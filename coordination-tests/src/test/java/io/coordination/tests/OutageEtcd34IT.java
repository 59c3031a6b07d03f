package io.coordination.tests;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutageEtcd34IT extends OutageScenarios {

    @RegisterExtension
    static final EtcdExtension etcd =
            EtcdExtension.of(EtcdCluster.builder().version("3.4").members(3));

    @Override
    EtcdExtension etcd() {
        return etcd;
    }
}

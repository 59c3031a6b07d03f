package io.coordination.tests;

import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeavingEtcd34IT extends LeavingScenarios {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.4");

    @Override
    EtcdExtension etcd() {
        return etcd;
    }
}

package io.coordination.tests;

import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeavingEtcd35IT extends LeavingScenarios {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.5");

    @Override
    EtcdExtension etcd() {
        return etcd;
    }
}

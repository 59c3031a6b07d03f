package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.ConfigContract;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConfigOnEtcd34IT extends ConfigContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.4");

    @Override
    protected Coordinator connect() {
        return Connections.to(etcd, "config");
    }
}

package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.ConfigContract;
import io.coordination.testkit.EtcdExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConfigOnEtcd35IT extends ConfigContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.5");

    @Override
    protected Coordinator connect() {
        return Connections.to(etcd, "config");
    }
}

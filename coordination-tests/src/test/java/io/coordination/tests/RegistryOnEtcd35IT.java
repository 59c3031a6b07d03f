package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.RegistryContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class RegistryOnEtcd35IT extends RegistryContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.5");

    @Override
    protected Coordinator connect() {
        return Connections.to(etcd, "registry");
    }
}

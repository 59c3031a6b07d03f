package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.LockPrimitivesContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class LockPrimitivesOnEtcd34IT extends LockPrimitivesContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.4");

    @Override
    protected Coordinator connect() {
        return Connections.to(etcd, "primitives");
    }
}

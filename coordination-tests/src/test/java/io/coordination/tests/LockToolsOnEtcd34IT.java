package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.store.Store;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.LockToolsContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class LockToolsOnEtcd34IT extends LockToolsContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.4");

    @Override
    protected Coordinator connect() {
        return Connections.to(etcd, NAMESPACE);
    }

    @Override
    protected Store openStore() {
        return Connections.store(etcd.endpoints());
    }
}

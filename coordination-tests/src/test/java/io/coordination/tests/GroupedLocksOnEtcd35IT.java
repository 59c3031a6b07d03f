package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.LockContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class GroupedLocksOnEtcd35IT extends LockContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.5");

    @Override
    protected Coordinator connect() {
        return Connections.to(etcd, "grouped-locks", options -> options.groupCommit(true));
    }
}

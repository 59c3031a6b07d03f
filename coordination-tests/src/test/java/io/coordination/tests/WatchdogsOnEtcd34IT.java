package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.WatchdogContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class WatchdogsOnEtcd34IT extends WatchdogContract {

    @RegisterExtension
    static final EtcdExtension etcd = EtcdExtension.shared("3.4");

    @Override
    protected Coordinator connect() {
        return Connections.to(etcd, "watchdogs");
    }
}

package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.client.DefaultCoordinator;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.LockFaultContract;

/** What is lost between a lock and a real etcd. */
abstract class LockFaultsOnEtcd extends LockFaultContract {

    abstract EtcdExtension etcd();

    private CoordinatorOptions options() {
        return CoordinatorOptions.builder()
                .endpoints(etcd().endpoints())
                .namespace(namespace())
                .build();
    }

    @Override
    protected Store open(TimeSource time) {
        return new EtcdStoreProvider().open(options(), time);
    }

    @Override
    protected Coordinator coordinator(Store store, TimeSource time) {
        return new DefaultCoordinator(options(), store, time);
    }

    @Override
    protected String namespace() {
        return "lock-faults";
    }
}

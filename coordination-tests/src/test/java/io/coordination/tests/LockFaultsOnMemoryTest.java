package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.client.DefaultCoordinator;
import io.coordination.memory.MemoryStoreProvider;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.testkit.LockFaultContract;

class LockFaultsOnMemoryTest extends LockFaultContract {

    private static final CoordinatorOptions OPTIONS = CoordinatorOptions.builder()
            .endpoints("memory:lock-faults")
            .namespace("lock-faults")
            .build();

    @Override
    protected Store open(TimeSource time) {
        return new MemoryStoreProvider().open(OPTIONS, time);
    }

    @Override
    protected Coordinator coordinator(Store store, TimeSource time) {
        return new DefaultCoordinator(OPTIONS, store, time);
    }

    @Override
    protected String namespace() {
        return "lock-faults";
    }
}

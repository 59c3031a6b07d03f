package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.store.Store;
import io.coordination.testkit.LockToolsContract;
import java.util.List;

class LockToolsOnMemoryTest extends LockToolsContract {

    @Override
    protected Coordinator connect() {
        return Connections.toMemory(NAMESPACE);
    }

    @Override
    protected Store openStore() {
        return Connections.store(List.of("memory:" + NAMESPACE));
    }
}

package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.LockContract;

class LocksOnMemoryTest extends LockContract {

    @Override
    protected Coordinator connect() {
        return Connections.toMemory("locks");
    }
}

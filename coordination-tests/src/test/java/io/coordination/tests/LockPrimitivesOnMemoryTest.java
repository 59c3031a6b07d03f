package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.LockPrimitivesContract;

class LockPrimitivesOnMemoryTest extends LockPrimitivesContract {

    @Override
    protected Coordinator connect() {
        return Connections.toMemory("primitives");
    }
}

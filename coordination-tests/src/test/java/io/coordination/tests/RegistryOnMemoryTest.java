package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.RegistryContract;

class RegistryOnMemoryTest extends RegistryContract {

    @Override
    protected Coordinator connect() {
        return Connections.toMemory("registry");
    }
}

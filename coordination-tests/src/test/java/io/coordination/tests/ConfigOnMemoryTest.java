package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.ConfigContract;

class ConfigOnMemoryTest extends ConfigContract {

    @Override
    protected Coordinator connect() {
        return Connections.toMemory("config");
    }
}

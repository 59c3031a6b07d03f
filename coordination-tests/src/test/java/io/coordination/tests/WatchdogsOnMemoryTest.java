package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.WatchdogContract;

class WatchdogsOnMemoryTest extends WatchdogContract {

    @Override
    protected Coordinator connect() {
        return Connections.toMemory("watchdogs");
    }
}

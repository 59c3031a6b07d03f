package io.coordination.tests;

import io.coordination.Coordinator;
import io.coordination.testkit.LockContract;

class GroupedLocksOnMemoryTest extends LockContract {

    @Override
    protected Coordinator connect() {
        return Connections.toMemory("grouped-locks", options -> options.groupCommit(true));
    }
}

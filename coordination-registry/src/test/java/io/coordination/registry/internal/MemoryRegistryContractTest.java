package io.coordination.registry.internal;

import io.coordination.Coordinator;
import io.coordination.testkit.RegistryContract;
import java.util.UUID;

class MemoryRegistryContractTest extends RegistryContract {

    private final String database = "registry-" + UUID.randomUUID();

    @Override
    protected Coordinator connect() {
        return new RegistryCoordinator(database);
    }
}

package io.coordination.memory;

import io.coordination.store.Store;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreContract;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The rules of a store, on memory")
class MemoryStoreContractTest extends StoreContract {

    private final ManualTime time = new ManualTime();
    private final MemoryStore database = MemoryStore.create(time);

    @Override
    protected Store open() {
        return database.connect();
    }

    @Override
    protected void compact(long revision) {
        database.compact(revision);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }
}

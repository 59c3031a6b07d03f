package io.coordination.memory;

import io.coordination.store.Store;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

/** A faulty store that breaks its connections on purpose still keeps every rule. */
@DisplayName("The rules of a store, on memory with connections that break")
class FaultyStoreContractTest extends StoreContract {

    private final ManualTime time = new ManualTime();
    private final MemoryStore database = MemoryStore.create(time);
    private final List<FaultyStore> opened = new ArrayList<>();

    @Override
    protected Store open() {
        FaultyStore faulty = FaultyStore.over(database.connect(), time);
        opened.add(faulty);
        return faulty;
    }

    @Override
    protected void compact(long revision) {
        database.compact(revision);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Override
    protected void breakConnections() {
        opened.forEach(faulty -> faulty.watches().cut());
        opened.forEach(faulty -> faulty.watches().resume());
    }
}

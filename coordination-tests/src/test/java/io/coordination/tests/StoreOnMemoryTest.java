package io.coordination.tests;

import io.coordination.memory.MemoryStore;
import io.coordination.store.Store;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreContract;
import java.time.Duration;

/** The rules of the store inside one JVM, on a clock that the test moves. */
final class StoreOnMemoryTest extends StoreContract {

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

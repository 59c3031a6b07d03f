package io.coordination.memory;

import io.coordination.store.TimeSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The databases of this JVM that have a name. Each lives from its first connection to its last. Thread-safe. */
final class NamedDatabases {

    private static final Map<String, Shared> OPEN = new ConcurrentHashMap<>();

    private NamedDatabases() {}

    static MemoryDatabase retain(String name, TimeSource time) {
        return OPEN.compute(
                        name,
                        (same, open) -> open == null
                                ? new Shared(new MemoryDatabase(time), 1)
                                : new Shared(open.database, open.connections + 1))
                .database;
    }

    static void release(String name) {
        OPEN.computeIfPresent(
                name, (same, open) -> open.connections == 1 ? null : new Shared(open.database, open.connections - 1));
    }

    private record Shared(MemoryDatabase database, int connections) {}
}

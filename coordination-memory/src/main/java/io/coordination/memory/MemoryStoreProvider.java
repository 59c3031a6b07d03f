package io.coordination.memory;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.store.Store;
import io.coordination.store.StoreProvider;
import io.coordination.store.TimeSource;
import java.util.List;
import java.util.Set;

/**
 * Opens memory stores: {@code memory:orders} is the database {@code orders} of this JVM, shared by all coordinators that
 * name it. Credentials and TLS options mean nothing to it.
 */
public final class MemoryStoreProvider implements StoreProvider {

    private static final String SCHEME = "memory";

    /** For {@link java.util.ServiceLoader}. */
    public MemoryStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of(SCHEME);
    }

    @Override
    public Store open(CoordinatorOptions options, TimeSource time) {
        return MemoryStore.named(name(options.endpoints()), time);
    }

    private static String name(List<String> endpoints) {
        String prefix = SCHEME + ":";
        if (endpoints.size() != 1
                || !endpoints.get(0).startsWith(prefix)
                || endpoints.get(0).equals(prefix)) {
            throw CoordinationException.of(
                    ErrorCode.VALIDATION_ERROR,
                    "endpoints " + endpoints + " do not name a memory store; give exactly one, such as memory:orders");
        }
        return endpoints.get(0).substring(prefix.length());
    }
}

package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.coordination.store.Store;
import io.coordination.store.StoreProvider;
import io.coordination.store.TimeSource;
import java.util.Set;

/** Opens stores on etcd for endpoints with the schemes {@code http} and {@code https}. Stateless. */
public final class EtcdStoreProvider implements StoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public EtcdStoreProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("http", "https");
    }

    @Override
    public Store open(CoordinatorOptions options, TimeSource time) {
        return EtcdStore.open(options, time);
    }
}

package io.coordination.tests;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.store.Store;
import io.coordination.store.StoreProvider;
import io.coordination.store.TimeSource;
import io.coordination.testkit.EtcdExtension;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

/** Coordinators for the suites: each suite has a namespace of its own. */
final class Connections {

    private static final TimeSource TIME = TimeSource.system("contract-store");

    private Connections() {}

    static Coordinator to(EtcdExtension etcd, String namespace) {
        return to(etcd, namespace, options -> options);
    }

    static Coordinator to(EtcdExtension etcd, String namespace, UnaryOperator<CoordinatorOptions.Builder> further) {
        return Coordination.connect(further.apply(
                        CoordinatorOptions.builder().endpoints(etcd.endpoints()).namespace(namespace))
                .build());
    }

    static Coordinator toMemory(String name) {
        return toMemory(name, options -> options);
    }

    static Coordinator toMemory(String name, UnaryOperator<CoordinatorOptions.Builder> further) {
        return Coordination.connect(further.apply(
                        CoordinatorOptions.builder().endpoints("memory:" + name).namespace(name))
                .build());
    }

    /** The store itself, without a coordinator. */
    static Store store(List<String> endpoints) {
        String scheme = endpoints.get(0).startsWith("memory:") ? "memory" : "http";
        StoreProvider provider = ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.schemes().contains(scheme))
                .findFirst()
                .orElseThrow();
        return provider.open(CoordinatorOptions.builder().endpoints(endpoints).build(), TIME);
    }
}

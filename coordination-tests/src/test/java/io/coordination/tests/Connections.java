package io.coordination.tests;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.testkit.EtcdExtension;

/** Coordinators for the suites: each suite has a namespace of its own. */
final class Connections {

    private Connections() {}

    static Coordinator to(EtcdExtension etcd, String namespace) {
        return Coordination.connect(CoordinatorOptions.builder()
                .endpoints(etcd.endpoints())
                .namespace(namespace)
                .build());
    }

    static Coordinator toMemory(String name) {
        return Coordination.connect(CoordinatorOptions.builder()
                .endpoints("memory:" + name)
                .namespace(name)
                .build());
    }
}

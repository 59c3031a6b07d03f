package io.coordination.tests;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.registry.ServiceInfo;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;

/** Coordinators in a namespace of their own for each test, closed at its end. A subclass names the servers. */
abstract class FaultedCoordinators {

    final String namespace = "faults-" + UUID.randomUUID();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** The servers that the tests of the class share. */
    abstract EtcdExtension etcd();

    @AfterEach
    final void closeEverything() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    final <T extends AutoCloseable> T closedAtTheEnd(T resource) {
        opened.addFirst(resource);
        return resource;
    }

    final CoordinatorOptions.Builder options() {
        return CoordinatorOptions.builder()
                .endpoints(etcd().endpoints())
                .namespace(namespace)
                .requestTimeout(Duration.ofSeconds(3));
    }

    final Coordinator connect() {
        return closedAtTheEnd(Coordination.connect(options().build()));
    }

    final Coordinator connect(FaultProxy proxy) {
        return closedAtTheEnd(
                Coordination.connect(options().endpoints(proxy.uri().toString()).build()));
    }

    final FaultProxy proxy() {
        return closedAtTheEnd(FaultProxy.to(etcd().cluster().clientUri(0)));
    }

    static ServiceInfo service(String name, Duration ttl) {
        return ServiceInfo.builder()
                .name(name)
                .id(name + "-1")
                .address("10.0.0.7")
                .port(8080)
                .ttl(ttl)
                .build();
    }

    static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** Lets a fault last. */
    static void last(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}

package io.coordination.registry.internal;

import io.coordination.CoordinatorOptions;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Environment;
import io.coordination.store.Sessions;
import io.coordination.testkit.FaultyStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** One process of a {@link Cluster}: a registry with a connection and sessions of its own. */
final class Node {

    final FaultyStore store;
    final Sessions sessions;
    final MirroredRegistry registry;
    final Environment env;
    final AtomicInteger callbacks = new AtomicInteger();
    private final Cluster cluster;

    Node(Cluster cluster, CoordinatorOptions options) {
        this.cluster = cluster;
        store = FaultyStore.over(cluster.memory.connect(), cluster.time, Cluster.REQUEST_TIMEOUT);
        Executor counting = task -> {
            callbacks.incrementAndGet();
            task.run();
        };
        env = new Environment(
                store, cluster.keys, cluster.time, counting, options, LoggerFactory.getLogger("coordination"));
        sessions = new Sessions(env, "registry");
        registry = new MirroredRegistry(env, sessions);
    }

    Registration register(String id) {
        return registry.register(Cluster.instance(id));
    }

    CompletableFuture<Registration> registering(ServiceInfo service) {
        return registry.registerAsync(service);
    }

    /** Runs a blocking call on a thread of its own and moves the clock while it waits; answers how long it took. */
    Duration timeOf(Runnable blocking) {
        CompletableFuture<Void> call = new CompletableFuture<>();
        Thread caller = new Thread(() -> call.completeAsync(
                () -> {
                    blocking.run();
                    return null;
                },
                Runnable::run));
        caller.start();
        long began = cluster.time.nanoTime();
        while (!isOver(caller)) {
            cluster.time.advance(Duration.ofMillis(100));
        }
        call.join();
        return Duration.ofNanos(cluster.time.nanoTime() - began);
    }

    /** Gives a thread time to go on, until it waits or is over. */
    private static boolean isOver(Thread thread) {
        try {
            do {
                thread.join(2);
            } while (thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.BLOCKED);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while a call was timed", e);
        }
        return !thread.isAlive();
    }
}

package io.coordination.registry.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinatorOptions;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.FaultyStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** One process of a {@link Cluster}: a registry with a connection and sessions of its own. */
final class Node {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

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

    /** What a future failed with, which must have happened by now. */
    static Throwable failureOf(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        return future.handle((value, failure) -> Blocking.cause(failure)).join();
    }

    /** Runs a blocking call on a thread of its own; it must wait, and be over when the clock was moved by a limit. */
    void assertEndsWithin(Duration limit, Runnable blocking) {
        CompletableFuture<Void> call = new CompletableFuture<>();
        Thread caller = new Thread(() -> call.completeAsync(
                () -> {
                    blocking.run();
                    return null;
                },
                Runnable::run));
        caller.start();
        await().atMost(PATIENCE).until(() -> caller.getState() == Thread.State.WAITING);
        cluster.time.advance(limit);
        assertThat(call).succeedsWithin(PATIENCE);
    }
}

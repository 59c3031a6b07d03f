package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinatorOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockOptions;
import io.coordination.store.Environment;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.FaultyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.LoggerFactory;

/** One process of a {@link Cluster}: locks with a connection and sessions of their own. User code runs at once. */
final class Node {

    static final LockOptions OPTIONS = LockOptions.ofTtl(Cluster.TTL);

    /** No hand-over within the process while somebody else waits. */
    static final LockOptions STRICT = OPTIONS.toBuilder().localBatch(1).build();

    final FaultyStore store;
    final Environment env;
    final Sessions sessions;
    final QueueLocks locks;
    volatile boolean refusesCallbacks;
    volatile boolean defersCallbacks;
    private final Queue<Runnable> deferred = new ConcurrentLinkedQueue<>();

    Node(Cluster cluster, CoordinatorOptions options, Duration linger) {
        store = FaultyStore.over(cluster.memory.connect(), cluster.time, options.requestTimeout());
        env = new Environment(
                store, cluster.keys, cluster.time, this::call, options, LoggerFactory.getLogger("coordination"));
        sessions = new Sessions(env, "locks");
        locks = new QueueLocks(env, sessions, linger);
    }

    private void call(Runnable task) {
        if (refusesCallbacks) {
            throw new RejectedExecutionException("because a test wants it so");
        }
        deferred.add(task);
        if (!defersCallbacks) {
            runCallbacks();
        }
    }

    /** Runs what was deferred. */
    void runCallbacks() {
        for (Runnable next = deferred.poll(); next != null; next = deferred.poll()) {
            next.run();
        }
    }

    /** Asks for the lock of the cluster and answers at once. */
    CompletableFuture<LockHandle> ask() {
        return ask(OPTIONS);
    }

    CompletableFuture<LockHandle> ask(LockOptions options) {
        return locks.acquireAsync(Cluster.LOCK, options);
    }

    /** Takes the lock, which must be free. */
    LockHandle take() {
        return take(OPTIONS);
    }

    LockHandle take(LockOptions options) {
        return granted(ask(options));
    }

    /** Makes one attempt to take the lock. */
    Optional<LockHandle> tryOnce() {
        return locks.tryAcquire(Cluster.LOCK, Cluster.TTL);
    }

    /** What a future that must be complete holds. */
    static LockHandle granted(CompletableFuture<LockHandle> asked) {
        assertThat(asked).isCompleted();
        LockHandle handle = asked.join();
        assertThat(handle.isHeld()).isTrue();
        return handle;
    }

    /** What is told about the loss of a lock from now on. */
    static List<LockLost> losses(LockHandle handle) {
        List<LockLost> told = new ArrayList<>();
        handle.lost().thenAccept(told::add);
        return told;
    }

    /** The end of a coordinator: locks first, then their sessions. */
    CompletableFuture<Void> close() {
        return locks.closeAsync().thenCompose(done -> sessions.closeAsync());
    }
}

package io.coordination.testkit;

import io.coordination.Coordinator;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Threads that take one lock again and again and write down when they were told that they hold it, for {@link LockHistory} to
 * judge. For one thread.
 */
public final class LockHistoryRecorder {

    private final String lock;
    private final LockOptions options;
    private final Queue<LockObservation> observations = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> users = new ArrayList<>();

    /**
     * A recorder of one lock; nobody uses it yet.
     *
     * @param lock the name of the lock
     * @param options with which it is taken; a wait time that runs out ends its thread
     */
    public LockHistoryRecorder(String lock, LockOptions options) {
        this.lock = lock;
        this.options = options;
    }

    /**
     * Starts threads that take the lock through a coordinator, and returns.
     *
     * @param coordinator through which they take it; the caller closes it, after {@link #awaitAll}
     * @param name of the holders, in which no other {@code use} may have them
     * @param threads how many threads
     * @param rounds how often each takes the lock
     */
    public void use(Coordinator coordinator, String name, int threads, int rounds) {
        for (int thread = 0; thread < threads; thread++) {
            String holder = name + '-' + thread;
            users.add(CompletableFuture.runAsync(() -> use(coordinator, holder, rounds), ThreadPerTask.THREADS));
        }
    }

    private void use(Coordinator coordinator, String holder, int rounds) {
        try {
            for (int round = 0; round < rounds; round++) {
                LockHandle handle = coordinator.lock().acquire(lock, options);
                observe(holder, handle);
                observe(holder, handle);
                handle.close();
            }
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private void observe(String holder, LockHandle handle) {
        long before = System.nanoTime();
        if (handle.isHeld()) {
            observations.add(new LockObservation(lock, holder, handle.fencingToken(), before, System.nanoTime()));
        }
    }

    /**
     * Waits until all threads are done.
     *
     * @throws CompletionException when one of them failed, or when they are not done by then
     */
    public void awaitAll(Duration limit) {
        CompletableFuture.allOf(users.toArray(CompletableFuture<?>[]::new))
                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** What the holders were told, in no particular order. */
    public Collection<LockObservation> observations() {
        return observations;
    }
}

package io.coordination.lock.internal;

import static org.awaitility.Awaitility.await;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One thread that takes several locks, one after the other, and may wait for the last one. */
final class Worker {

    private final Node node;
    private final LockOptions options;
    private final ExecutorService executor;
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();
    private final Deque<LockHandle> held = new ArrayDeque<>();
    private Future<LockHandle> asked = new CompletableFuture<>();
    private volatile boolean asking;

    Worker(Node node, String name, LockOptions options) {
        this.node = node;
        this.options = options;
        this.executor = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            thread.complete(made);
            return made;
        });
    }

    /** Takes a lock that is free. */
    Worker take(String lock) {
        begin(lock);
        held.push(result());
        return this;
    }

    /** Asks for a lock; returns when the thread waits, or is answered. */
    Worker waitFor(String lock) {
        begin(lock);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> asked.isDone() || (asking && thread.join().getState() == Thread.State.WAITING));
        return this;
    }

    private void begin(String lock) {
        asked = executor.submit(() -> {
            asking = true;
            try {
                return node.locks.acquire(lock, options);
            } finally {
                asking = false;
            }
        });
    }

    boolean isWaiting() {
        return !asked.isDone();
    }

    private LockHandle result() {
        try {
            return asked.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no lock", e);
        }
    }

    /** The lock that it waited for. */
    LockHandle granted() {
        LockHandle handle = result();
        held.push(handle);
        return handle;
    }

    /** Why it did not get the lock. */
    Throwable failure() {
        try {
            throw new AssertionError("it got " + asked.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    /** Releases the lock that it took last. */
    void release() {
        held.pop().unlock();
    }

    /** Gives everything up. */
    void finish() {
        executor.shutdownNow();
        await().until(executor::isTerminated);
        if (asked.isDone()) {
            held.addAll(lateGrant());
        }
        held.forEach(LockHandle::close);
    }

    /** The lock may have been granted before the thread was interrupted. */
    private List<LockHandle> lateGrant() {
        try {
            return List.of(asked.get());
        } catch (ExecutionException | InterruptedException refused) {
            return List.of();
        }
    }
}

package io.coordination.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order they came, on another executor's threads.
 *
 * <p>{@link #direct()} uses the thread that brings a task, unless another thread is at it already: then that one runs it
 * too. State machines of ours live in such executors: they need no lock, take no thread of their own, and their tasks
 * never block and never call user code. A task that throws is logged and does not stop the next one. Thread-safe.
 */
public final class SerialExecutor implements Executor {

    private static final Logger log = LoggerFactory.getLogger(SerialExecutor.class);

    /** A task that has come, and the one that came just before it. */
    private static final class Arrival {

        private final Runnable task;
        private @Nullable Arrival before;

        Arrival(Runnable task) {
            this.task = task;
        }
    }

    /** Stands for all tasks that a thread has taken and not run yet. */
    private static final Arrival TAKEN = new Arrival(() -> {});

    // Every lock has such an executor, and thousands may be held: one that has nothing to do is no more than this
    // field.
    private static final AtomicReferenceFieldUpdater<SerialExecutor, Arrival> LATEST =
            AtomicReferenceFieldUpdater.newUpdater(SerialExecutor.class, Arrival.class, "latest");

    private final Executor threads;

    /** Null while there is nothing to do and no thread at it. */
    private volatile @Nullable Arrival latest;

    /** Serial execution on the threads of another executor. */
    public SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    /** Serial execution on the threads that bring the tasks. */
    public static SerialExecutor direct() {
        return new SerialExecutor(Runnable::run);
    }

    @Override
    public void execute(Runnable task) {
        Arrival arrival = new Arrival(task);
        Arrival before;
        do {
            before = latest;
            arrival.before = before;
        } while (!LATEST.compareAndSet(this, before, arrival));
        if (before == null) {
            start();
        }
    }

    /** Runs a step in its turn; the future ends as that of the step does. */
    public <T> CompletableFuture<T> compose(Supplier<CompletableFuture<T>> step) {
        return CompletableFuture.supplyAsync(step, this).thenCompose(Function.identity());
    }

    private void start() {
        try {
            threads.execute(this::drain);
        } catch (RejectedExecutionException e) {
            log.atWarn().setCause(e).log("The executor refuses work, tasks are dropped");
            latest = null;
        }
    }

    private void drain() {
        do {
            runInOrder(LATEST.getAndSet(this, TAKEN));
        } while (!LATEST.compareAndSet(this, TAKEN, null));
    }

    private static void runInOrder(@Nullable Arrival latest) {
        Arrival first = null;
        for (Arrival next = latest; next != null && next != TAKEN; ) {
            Arrival before = next.before;
            next.before = first;
            first = next;
            next = before;
        }
        for (Arrival next = first; next != null; next = next.before) {
            run(next.task);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A task failed");
        }
    }
}

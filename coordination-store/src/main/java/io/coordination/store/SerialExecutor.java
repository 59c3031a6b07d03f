package io.coordination.store;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
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

    private final Executor threads;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

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
        tasks.add(task);
        if (pending.getAndIncrement() == 0) {
            start();
        }
    }

    private void start() {
        try {
            threads.execute(this::drain);
        } catch (RejectedExecutionException e) {
            log.atWarn().setCause(e).log("The executor refuses work, tasks are dropped");
            do {
                tasks.poll();
            } while (pending.decrementAndGet() > 0);
        }
    }

    private void drain() {
        do {
            Runnable task = tasks.poll();
            if (task != null) {
                run(task);
            }
        } while (pending.decrementAndGet() > 0);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A task failed");
        }
    }
}

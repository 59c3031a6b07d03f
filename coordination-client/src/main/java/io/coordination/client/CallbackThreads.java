package io.coordination.client;

import io.coordination.CoordinatorOptions;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that user code runs on: the executor of the options, or daemon threads of our own that come when needed and go
 * after a minute.
 */
final class CallbackThreads {

    private final Executor executor;
    private final boolean ours;

    private CallbackThreads(Executor executor, boolean ours) {
        this.executor = executor;
        this.ours = ours;
    }

    static CallbackThreads of(CoordinatorOptions options) {
        return options.callbackExecutor()
                .map(theirs -> new CallbackThreads(theirs, false))
                .orElseGet(() -> new CallbackThreads(daemonPool(), true));
    }

    private static ExecutorService daemonPool() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "coordination-callbacks-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    Executor executor() {
        return executor;
    }

    /** Lets what was handed over finish; an executor of the user's is his to end. */
    void close() {
        if (ours && executor instanceof ExecutorService pool) {
            pool.shutdown();
        }
    }
}

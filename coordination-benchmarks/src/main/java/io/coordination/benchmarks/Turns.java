package io.coordination.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Threads that do the same again and again until the time is over. They stay for the next time: libraries know who holds a
 * lock by its thread.
 */
final class Turns {

    private static final ExecutorService THREADS = newThreads();

    private Turns() {}

    /** More than a command may ask for would wait for each other. */
    static final int MOST_THREADS = 64;

    private static ExecutorService newThreads() {
        AtomicInteger count = new AtomicInteger();
        return Executors.newFixedThreadPool(MOST_THREADS, task -> {
            Thread thread = new Thread(task, "caller-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs a task on one of the threads. */
    static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, THREADS);
    }

    /**
     * Lets as many threads as the command says work as long as it says; blocks until all have ended.
     *
     * @param turn one turn of a thread, which is told how many it has had; its duration is measured
     * @return {@code rate}, turns of all threads a second; {@code p50} and {@code p99} of one turn in microseconds; {@code calls}, their
     *     number; {@code cpu}, microseconds of this process a turn
     */
    static Reading take(Command command, IntConsumer turn) {
        if (command.amount() > MOST_THREADS) {
            throw new IllegalArgumentException(command.amount() + " threads are more than " + MOST_THREADS);
        }
        long cpu = CallLoop.cpuNanos();
        long begin = System.nanoTime();
        List<Latencies> each = new ArrayList<>();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < command.amount(); i++) {
            Latencies latencies = new Latencies();
            each.add(latencies);
            ends.add(run(() -> repeat(begin, command.time().toNanos(), latencies, turn)));
        }
        ends.forEach(Calls::await);
        double seconds = (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
        Latencies all = Latencies.together(each);
        return all.micros()
                .and("rate", all.count() / seconds)
                .and("calls", all.count())
                .and("cpu", (CallLoop.cpuNanos() - cpu) / 1e3 / all.count());
    }

    private static void repeat(long begin, long nanos, Latencies latencies, IntConsumer turn) {
        long last = begin;
        do {
            turn.accept(latencies.count());
            long now = System.nanoTime();
            latencies.add(now - last);
            last = now;
        } while (last - begin < nanos);
    }
}

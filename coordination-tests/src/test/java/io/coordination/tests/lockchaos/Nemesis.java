package io.coordination.tests.lockchaos;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Kills and freezes processes as planned. For one thread. */
final class Nemesis implements AutoCloseable {

    private final ExecutorService threads = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "nemesis");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch over = new CountDownLatch(1);
    private CompletableFuture<Void> playing = CompletableFuture.completedFuture(null);

    /** Begins to do to processes what is planned for them, and returns. */
    void play(List<UserProcess> processes, List<ProcessFault> faults) {
        long start = System.nanoTime();
        playing = CompletableFuture.runAsync(() -> playAll(processes, faults, start), threads);
    }

    private void playAll(List<UserProcess> processes, List<ProcessFault> faults, long start) {
        for (ProcessFault fault : faults) {
            if (!await(fault.begin(), start)) {
                return;
            }
            UserProcess process = processes.get(fault.process());
            switch (fault.kind()) {
                case KILL -> process.kill();
                case FREEZE -> process.freeze();
            }
            await(fault.end(), start);
            switch (fault.kind()) {
                case KILL -> process.startAgain();
                case FREEZE -> process.thaw();
            }
        }
    }

    /** Waits until a moment of the plan; false when the plan was ended before. */
    private boolean await(Duration moment, long start) {
        try {
            return !over.await(start + moment.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Lets the plan go on for a while. */
    void last(Duration length) {
        await(length, System.nanoTime());
    }

    /** Ends the plan; every process runs afterwards. */
    @Override
    public void close() {
        over.countDown();
        playing.join();
        threads.shutdown();
    }
}

package io.coordination.tests.consistency;

import io.coordination.CoordinationException;
import io.coordination.store.Blocking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs strands side by side: each begins its next operation a random moment after the last one ended. */
final class Strands implements AutoCloseable {

    private final Findings findings;
    private final long seed;
    private final List<Loop> loops = new ArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3, task -> {
        Thread thread = new Thread(task, "strands");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean stopping;

    Strands(Findings findings, long seed) {
        this.findings = findings;
        this.seed = seed;
    }

    /** Starts a strand whose pauses between operations are at most a given time. */
    void start(Duration longestPause, Strand strand) {
        Loop loop = new Loop(strand, longestPause.toNanos(), new Random(seed + 7_919L * loops.size()).nextLong());
        loops.add(loop);
        threads.execute(loop);
    }

    /** Begins no further operation and waits for those under way. */
    void stop(Duration limit) throws InterruptedException {
        stopping = true;
        try {
            CompletableFuture.allOf(loops.stream().map(loop -> loop.ended).toArray(CompletableFuture<?>[]::new))
                    .get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            findings.broken("operations were still under way %d s after the last one had begun", limit.toSeconds());
        } catch (ExecutionException e) {
            findings.broken("a strand broke: %s", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One strand and the number of its next operation. */
    private final class Loop implements Runnable {

        private final Strand strand;
        private final long longestPauseNanos;
        private final long ownSeed;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private long number;

        Loop(Strand strand, long longestPauseNanos, long ownSeed) {
            this.strand = strand;
            this.longestPauseNanos = longestPauseNanos;
            this.ownSeed = ownSeed;
        }

        @Override
        public void run() {
            if (stopping) {
                ended.complete(null);
                return;
            }
            Random random = new Random(ownSeed ^ (++number * 0x9E3779B97F4A7C15L));
            long pause = (long) (random.nextDouble() * longestPauseNanos);
            begin(random).whenComplete((value, failure) -> {
                if (failure != null && !(Blocking.cause(failure) instanceof CoordinationException)) {
                    findings.broken("%s failed with %s", strand, failure);
                }
                threads.schedule(this, pause, TimeUnit.NANOSECONDS);
            });
        }

        private CompletableFuture<?> begin(Random random) {
            try {
                return strand.next(random);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }
}

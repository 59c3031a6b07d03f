package io.coordination.lock.internal;

import io.coordination.store.Blocking;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between attempts that others got in the way of: random, and longer each time. */
final class BackOff {

    private static final long SHORTEST_MICROS = 500;
    private static final int DOUBLINGS = 8;

    private BackOff() {}

    /**
     * Waits before another attempt.
     *
     * @param attempt how many have failed
     * @param operation what the caller asked for, as the subject of a sentence
     */
    static void pause(TimeSource time, int attempt, String operation) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        time.schedule(before(attempt), () -> over.complete(null));
        Blocking.await(over, operation);
    }

    private static Duration before(int attempt) {
        long limit = SHORTEST_MICROS << Math.min(attempt, DOUBLINGS);
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(limit) * 1_000);
    }
}

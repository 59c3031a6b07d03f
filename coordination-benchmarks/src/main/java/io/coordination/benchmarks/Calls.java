package io.coordination.benchmarks;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Ways for one caller to make many calls. */
public final class Calls {

    private static final long PATIENCE_SECONDS = 240;

    private Calls() {}

    /**
     * Waits for the result of a call.
     *
     * @throws IllegalStateException when it fails or takes four minutes
     */
    public static <T> T await(CompletableFuture<T> call) {
        try {
            return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a call failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a call", e);
        }
    }

    /** Makes one call for each key with a number of them in flight; returns when all are answered. */
    public static void makeAll(List<String> keys, int inFlight, Function<String, CompletableFuture<?>> call) {
        AtomicInteger next = new AtomicInteger();
        new Flows(call, () -> {
                    int index = next.getAndIncrement();
                    return index < keys.size() ? Optional.of(keys.get(index)) : Optional.empty();
                })
                .run(inFlight);
    }
}

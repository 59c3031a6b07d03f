package io.coordination.registry.internal;

import io.coordination.CoordinationException;
import io.coordination.store.Blocking;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Futures that end in time. */
final class Deadlines {

    private Deadlines() {}

    /** What a future ends with, or a failure once the limit has passed; the future itself goes on. */
    static <T> CompletableFuture<T> within(
            TimeSource time, Duration limit, CompletableFuture<T> future, Supplier<CoordinationException> late) {
        CompletableFuture<T> result = new CompletableFuture<>();
        TimeSource.Timer timer = time.schedule(limit, () -> result.completeExceptionally(late.get()));
        future.whenComplete((value, failure) -> {
            timer.cancel();
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(Blocking.cause(failure));
            }
        });
        return result;
    }
}

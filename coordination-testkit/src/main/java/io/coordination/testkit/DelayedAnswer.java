package io.coordination.testkit;

import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Carries a call out at once and tells the caller later.
 *
 * @param time whose time passes
 * @param delay how much later
 */
record DelayedAnswer(TimeSource time, Duration delay) implements Fault {

    @Override
    public <T> CompletableFuture<T> handle(StoreCall<T> call, Store store) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        CompletableFuture<T> carriedOut = call.sendTo(store);
        time.schedule(delay, () -> Fault.forward(carriedOut, answered));
        return answered;
    }
}

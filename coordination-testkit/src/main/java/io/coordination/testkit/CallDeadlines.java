package io.coordination.testkit;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Ends the wait of callers, as an engine does: renewals have deadlines of their own.
 *
 * @param time whose time passes
 * @param requestTimeout the deadline of all other calls
 */
record CallDeadlines(TimeSource time, Duration requestTimeout) {

    void watch(StoreCall<?> call, CompletableFuture<?> caller) {
        Duration timeout = call instanceof StoreCall.Renewal renewal ? renewal.timeout() : requestTimeout;
        TimeSource.Timer timer = time.schedule(timeout, () -> caller.completeExceptionally(Fault.noAnswer()));
        Fault.onEnd(caller, timer::cancel);
    }
}

package io.coordination.store.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Who waits for a renewal: for the one under way, or, having come after that was sent, for the next. Confined to the
 * executor of a session.
 */
final class RenewalWaiters {

    private List<CompletableFuture<Void>> present = new ArrayList<>();
    private List<CompletableFuture<Void>> next = new ArrayList<>();

    void add(CompletableFuture<Void> waiter) {
        next.add(waiter);
    }

    /** Waits for the renewal under way. */
    void join(CompletableFuture<Void> waiter) {
        present.add(waiter);
    }

    /** Whether somebody needs another renewal. */
    boolean needNext() {
        return !next.isEmpty();
    }

    /** A renewal goes out: it is the one for everybody who waits now. */
    void sending() {
        present.addAll(next);
        next = new ArrayList<>();
    }

    void acknowledged() {
        complete(waiter -> waiter.complete(null));
    }

    void failed(Throwable failure) {
        complete(waiter -> waiter.completeExceptionally(failure));
    }

    /** There will be no renewal any more. */
    void over(Throwable failure) {
        sending();
        failed(failure);
    }

    private void complete(Consumer<CompletableFuture<Void>> completion) {
        List<CompletableFuture<Void>> all = present;
        present = new ArrayList<>();
        all.forEach(completion);
    }
}

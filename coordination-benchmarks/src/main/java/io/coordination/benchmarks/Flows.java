package io.coordination.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Flows of calls: each makes its next call when the one before is answered, on the thread that brings the answer. No thread
 * of ours stands between, whose waking would be measured too.
 */
final class Flows {

    private final Function<String, CompletableFuture<?>> call;
    private final Supplier<Optional<String>> next;

    /**
     * Flows that are not started yet.
     *
     * @param next the key of the next call, or nothing when there is to be none; called from many threads
     */
    Flows(Function<String, CompletableFuture<?>> call, Supplier<Optional<String>> next) {
        this.call = call;
        this.next = next;
    }

    /**
     * Starts flows and waits until all have ended.
     *
     * @throws IllegalStateException when a call fails, which ends its flow
     */
    void run(int count) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CompletableFuture<Void> flow = new CompletableFuture<>();
            ends.add(flow);
            goOn(flow);
        }
        ends.forEach(Calls::await);
    }

    private void goOn(CompletableFuture<Void> flow) {
        for (Optional<String> key = next.get(); key.isPresent(); key = next.get()) {
            CompletableFuture<?> answer = call.apply(key.get());
            if (!answer.isDone() || answer.isCompletedExceptionally()) {
                answer.whenComplete((done, failure) -> {
                    if (failure == null) {
                        goOn(flow);
                    } else {
                        flow.completeExceptionally(failure);
                    }
                });
                return;
            }
        }
        flow.complete(null);
    }
}

package io.coordination.registry.internal;

import io.coordination.store.Blocking;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The step from a future of ours to one of the user: completed on the user's threads, and undone when the user completed it
 * first, by a cancel, a timeout of its own or a value.
 */
final class HandOver {

    private HandOver() {}

    /**
     * Makes the user's future.
     *
     * @param threads where it is completed, so where dependents run
     * @param onGivenUp runs when the user no longer wants what is under way
     * @param onUnwanted takes a value that came too late for the user
     */
    static <T> CompletableFuture<T> of(
            Executor threads, CompletableFuture<T> inner, Runnable onGivenUp, Consumer<T> onUnwanted) {
        CompletableFuture<T> users = new CompletableFuture<>();
        users.whenComplete((value, failure) -> {
            if (!inner.isDone()) {
                onGivenUp.run();
            }
        });
        inner.whenComplete((value, failure) -> run(threads, () -> {
            if (failure != null) {
                users.completeExceptionally(Blocking.cause(failure));
            } else if (!users.complete(value)) {
                onUnwanted.accept(value);
            }
        }));
        return users;
    }

    private static void run(Executor threads, Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException closed) {
            // The user's executor is shut down: a future that never completes would be worse than the wrong thread.
            task.run();
        }
    }
}

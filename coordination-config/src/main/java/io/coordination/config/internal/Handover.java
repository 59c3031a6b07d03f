package io.coordination.config.internal;

import io.coordination.CoordinationException;
import io.coordination.store.Blocking;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Futures for users: their dependents never run on an engine's thread, and completing one of them ends the call. */
final class Handover {

    private Handover() {}

    /**
     * A future that completes on the callback executor, with what a step made of the answer there.
     *
     * @param call the operation, as the subject of a sentence
     */
    static <A, T> CompletableFuture<T> to(
            Executor callbacks, CompletableFuture<A> answer, String call, Function<A, T> step) {
        CompletableFuture<T> users = new CompletableFuture<>();
        answer.whenComplete((value, failure) -> run(callbacks, () -> {
            if (failure != null) {
                users.completeExceptionally(Blocking.failure(failure, call));
            } else {
                complete(users, call, () -> step.apply(value));
            }
        }));
        users.whenComplete((value, failure) -> answer.cancel(false));
        return users;
    }

    /** A completed future of what a step gives or fails with. */
    static <T> CompletableFuture<T> now(String call, Supplier<T> step) {
        CompletableFuture<T> users = new CompletableFuture<>();
        complete(users, call, step);
        return users;
    }

    private static <T> void complete(CompletableFuture<T> users, String call, Supplier<T> step) {
        try {
            users.complete(step.get());
        } catch (CoordinationException e) {
            users.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            users.completeExceptionally(Blocking.failure(e, call));
        }
    }

    private static void run(Executor callbacks, Runnable task) {
        try {
            callbacks.execute(task);
        } catch (RejectedExecutionException e) {
            // The user's executor was shut down: a future that never ends would be worse than a wrong thread.
            task.run();
        }
    }
}

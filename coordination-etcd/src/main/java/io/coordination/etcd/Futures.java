package io.coordination.etcd;

import io.coordination.CoordinationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What futures need here beyond what the JDK gives them. */
final class Futures {

    private Futures() {}

    /** Runs an action at the end of a future, with its result or its failure as it was given. */
    static <T> void whenDone(CompletableFuture<T> future, BiConsumer<T, @Nullable Throwable> action) {
        // An action that fails would vanish in the dependent future: actions catch what they can throw.
        future.whenComplete((value, failure) -> action.accept(value, unwrapped(failure)));
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
        return cause == null ? failure : cause;
    }

    /**
     * A call whose expected failure is answered by another one. Completing the future from outside gives up whichever
     * runs.
     */
    static <T> CompletableFuture<T> withFallback(
            CompletableFuture<T> first,
            Predicate<CoordinationException> expected,
            Supplier<CompletableFuture<T>> second) {
        CompletableFuture<T> result = new CompletableFuture<>();
        follow(first, result, failure -> {
            if (failure instanceof CoordinationException ours && expected.test(ours)) {
                follow(second.get(), result, result::completeExceptionally);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private static <T> void follow(
            CompletableFuture<T> call, CompletableFuture<T> result, Consumer<Throwable> onFailure) {
        whenDone(result, (value, failure) -> call.cancel(false));
        whenDone(call, (value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                onFailure.accept(failure);
            }
        });
    }
}

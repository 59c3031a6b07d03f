package io.coordination.lock.internal;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The calls of the API that wait for a {@link PendingGrant}, blocking or by a future. */
final class GrantCalls {

    private GrantCalls() {}

    /** Waits for the answer; an interrupt gives the wish up. */
    static <H> Optional<H> await(PendingGrant<H> wish) throws InterruptedException {
        try {
            return wish.answer().get();
        } catch (InterruptedException e) {
            if (!wish.cancel()) {
                wish.answer().thenAccept(granted -> granted.ifPresent(wish::giveBack));
            }
            throw e;
        } catch (ExecutionException e) {
            throw Blocking.failure(e, "acquiring " + wish.what());
        }
    }

    /** Waits for an answer that comes without waiting for others; an interrupt ends it with {@code CANCELLED}. */
    static <H> Optional<H> awaitOnce(PendingGrant<H> wish) {
        try {
            return await(wish);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationCancelledException("trying " + wish.what() + " was interrupted; nothing is held", e);
        }
    }

    /** A future of the answer. Whoever completes it from outside leaves the queue. */
    static <H, T> CompletableFuture<T> async(Environment env, PendingGrant<H> wish, Function<Optional<H>, T> result) {
        CompletableFuture<T> mine = new CompletableFuture<>();
        wish.answer().whenComplete((answer, failure) -> {
            Optional<H> granted = failure == null ? answer : Optional.empty();
            try {
                env.callbacks().execute(() -> deliver(mine, wish, granted, failure, result));
            } catch (RejectedExecutionException e) {
                Throwable why = failure == null ? refusedWork(env, wish, e) : failure;
                deliver(mine, wish, granted, why, result);
            }
        });
        mine.whenComplete((done, failure) -> wish.cancel());
        return mine;
    }

    private static <H, T> void deliver(
            CompletableFuture<T> mine,
            PendingGrant<H> wish,
            Optional<H> granted,
            @Nullable Throwable failure,
            Function<Optional<H>, T> result) {
        boolean taken = false;
        if (failure != null) {
            mine.completeExceptionally(Blocking.failure(failure, "acquiring " + wish.what()));
        } else {
            try {
                taken = mine.complete(result.apply(granted));
            } catch (CoordinationException e) {
                mine.completeExceptionally(e);
            }
        }
        if (!taken) {
            granted.ifPresent(wish::giveBack);
        }
    }

    private static CoordinationException refusedWork(
            Environment env, PendingGrant<?> wish, RejectedExecutionException cause) {
        env.log().atError().setCause(cause).addKeyValue("lock", wish.name()).log("The callback executor refuses work");
        return CoordinationException.of(
                ErrorCode.INVALID_STATE,
                wish.what() + " cannot be given out, because the callback executor refuses work",
                cause);
    }
}

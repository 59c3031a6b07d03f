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

/** The calls of the API that wait for a {@link ClaimRequest}, blocking or by a future. */
final class ClaimCalls {

    private ClaimCalls() {}

    /** Waits for the answer; an interrupt gives the wish up. */
    static Optional<ClaimHold> await(ClaimRequest request) throws InterruptedException {
        try {
            return request.answer().get();
        } catch (InterruptedException e) {
            if (!request.cancel()) {
                request.answer().thenAccept(granted -> granted.ifPresent(ClaimHold::release));
            }
            throw e;
        } catch (ExecutionException e) {
            throw Blocking.failure(e, "acquiring " + request.wish().what());
        }
    }

    /** Waits for an answer that comes without waiting for others; an interrupt ends it with {@code CANCELLED}. */
    static Optional<ClaimHold> awaitOnce(ClaimRequest request) {
        try {
            return await(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationCancelledException(
                    "trying " + request.wish().what() + " was interrupted; nothing is held", e);
        }
    }

    /** A future of the answer. Whoever completes it from outside leaves the queue. */
    static <T> CompletableFuture<T> async(
            Environment env, ClaimRequest request, Function<Optional<ClaimHold>, T> result) {
        CompletableFuture<T> mine = new CompletableFuture<>();
        request.answer().whenComplete((hold, failure) -> {
            Optional<ClaimHold> granted = failure == null ? hold : Optional.empty();
            try {
                env.callbacks().execute(() -> deliver(mine, request, granted, failure, result));
            } catch (RejectedExecutionException e) {
                Throwable why = failure == null ? refusedWork(env, request, e) : failure;
                deliver(mine, request, granted, why, result);
            }
        });
        mine.whenComplete((done, failure) -> request.cancel());
        return mine;
    }

    private static <T> void deliver(
            CompletableFuture<T> mine,
            ClaimRequest request,
            Optional<ClaimHold> granted,
            @Nullable Throwable failure,
            Function<Optional<ClaimHold>, T> result) {
        boolean taken = false;
        if (failure != null) {
            mine.completeExceptionally(
                    Blocking.failure(failure, "acquiring " + request.wish().what()));
        } else {
            try {
                taken = mine.complete(result.apply(granted));
            } catch (CoordinationException e) {
                mine.completeExceptionally(e);
            }
        }
        if (!taken) {
            granted.ifPresent(ClaimHold::release);
        }
    }

    private static CoordinationException refusedWork(
            Environment env, ClaimRequest request, RejectedExecutionException cause) {
        String what = request.wish().what();
        env.log()
                .atError()
                .setCause(cause)
                .addKeyValue("lock", request.wish().name())
                .log("The callback executor refuses work");
        return CoordinationException.of(
                ErrorCode.INVALID_STATE,
                what + " cannot be given out, because the callback executor refuses work",
                cause);
    }
}

package io.coordination.config.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One operation that is under way. It ends with its answer, at its deadline, when its future is cancelled, or when the
 * configuration centre closes, whichever is first. An end before the answer says whether a write may have been applied.
 * Thread-safe.
 *
 * @param <T> the type of the answer
 */
final class Call<T> {

    private final String what;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private volatile boolean undecided;
    private volatile @Nullable Runnable decided;

    Call(String what) {
        this.what = what;
    }

    /** The operation as the subject of a sentence. */
    String what() {
        return what;
    }

    /** The future of the answer; whoever completes it ends the call. */
    CompletableFuture<T> result() {
        return result;
    }

    boolean isOver() {
        return result.isDone();
    }

    /** From now on an end without an answer must say that the outcome is unknown, or no longer. */
    void undecided(boolean mayBeApplied) {
        undecided = mayBeApplied;
    }

    /** Hears how a request to the store went, unless the call is over before; its end gives the request up. */
    <R> void await(CompletableFuture<R> request, Consumer<R> answered, Consumer<? super CoordinationException> failed) {
        result.whenComplete((value, failure) -> request.cancel(false));
        request.whenComplete((value, failure) -> {
            if (isOver()) {
                return;
            }
            try {
                if (failure == null) {
                    answered.accept(value);
                } else {
                    failed.accept(Blocking.failure(failure, what));
                }
            } catch (RuntimeException e) {
                fail(Blocking.failure(e, what));
            }
        });
    }

    void complete(T value) {
        result.complete(value);
    }

    /** Ends the call with a failure, which says that the outcome is unknown only when a write was sent. */
    void fail(CoordinationException failure) {
        result.completeExceptionally(
                failure.outcomeUnknown() && !undecided
                        ? CoordinationException.of(failure.code(), what + " failed: " + failure.getMessage(), failure)
                        : failure);
    }

    /** The outcome is certain, and only its announcement waits for something: no end comes before it any more. */
    void decide(Runnable announcement, CompletableFuture<Void> when) {
        decided = announcement;
        when.whenComplete((nothing, failure) -> announcement.run());
    }

    /** Ends the call, without an answer unless the outcome is certain. */
    void end(ErrorCode code, String reason) {
        Runnable announcement = decided;
        if (announcement != null) {
            announcement.run();
        } else if (undecided) {
            fail(CoordinationException.withUnknownOutcome(code, what + reason + "; it may have been applied"));
        } else {
            fail(CoordinationException.of(code, what + reason));
        }
    }
}

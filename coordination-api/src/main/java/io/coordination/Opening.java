package io.coordination;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One attempt to open the default coordinator: made by one thread, awaited by all that came meanwhile. */
final class Opening {
    private final Thread opener;
    private final CompletableFuture<Coordinator> outcome = new CompletableFuture<>();

    Opening(Thread opener) {
        this.opener = opener;
    }

    void succeed(Coordinator coordinator) {
        outcome.complete(coordinator);
    }

    void fail(CoordinationException failure) {
        outcome.completeExceptionally(failure);
    }

    /** Waits for the outcome; a failure reaches the opener as it is and the others as a copy with a stack trace of their own. */
    Coordinator result() {
        boolean own = opener == Thread.currentThread();
        if (own && !outcome.isDone()) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE,
                    "The default coordinator was used by the code that opens it: do not call Coordination from there");
        }
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationCancelledException("Interrupted while the default coordinator was being opened", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CoordinationException failure) {
                throw own
                        ? failure
                        : CoordinationException.of(failure.code(), String.valueOf(failure.getMessage()), failure);
            }
            throw new IllegalStateException("an opening fails with CoordinationException only", e);
        }
    }
}

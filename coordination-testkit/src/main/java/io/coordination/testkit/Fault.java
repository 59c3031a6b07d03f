package io.coordination.testkit;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Store;
import java.util.concurrent.CompletableFuture;

/** What happens to a call instead of the usual. */
interface Fault {

    /** Makes the call, or not, and answers it, or not yet. */
    <T> CompletableFuture<T> handle(StoreCall<T> call, Store store);

    /** What a caller sees whose answer does not come. */
    static CoordinationException noAnswer() {
        return CoordinationException.withUnknownOutcome(
                ErrorCode.TIMEOUT_ERROR, "no answer in time, because a test wants it so");
    }

    /** Does something once a future is complete, however it ended. */
    @SuppressWarnings("FutureReturnValueIgnored") // whoever cares for the failure holds the future itself
    static void onEnd(CompletableFuture<?> future, Runnable action) {
        future.whenComplete((result, failure) -> action.run());
    }

    /** Completes a future like another one. */
    @SuppressWarnings("FutureReturnValueIgnored") // the failure is passed on
    static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        from.whenComplete((result, failure) -> {
            if (failure == null) {
                to.complete(result);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }
}

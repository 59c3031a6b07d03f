package io.coordination.testkit;

import io.coordination.CoordinationException;
import io.coordination.store.Store;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A fault that is over when the call is answered.
 *
 * @param before what happens before the request arrives
 * @param arrives whether the request arrives
 * @param after what happens after it was carried out and before the caller knows
 * @param answer the failure that the caller sees whatever happened; empty for the true answer
 */
record Interference(Runnable before, boolean arrives, Runnable after, Optional<Supplier<CoordinationException>> answer)
        implements Fault {

    static Interference losingRequest(Supplier<CoordinationException> answer) {
        return new Interference(Interference::nothing, false, Interference::nothing, Optional.of(answer));
    }

    static Interference losingAnswer(Supplier<CoordinationException> answer) {
        return new Interference(Interference::nothing, true, Interference::nothing, Optional.of(answer));
    }

    static Interference before(Runnable action) {
        return new Interference(action, true, Interference::nothing, Optional.empty());
    }

    static Interference after(Runnable action) {
        return new Interference(Interference::nothing, true, action, Optional.empty());
    }

    @Override
    public <T> CompletableFuture<T> handle(StoreCall<T> call, Store store) {
        before.run();
        CompletableFuture<T> answered = new CompletableFuture<>();
        if (arrives) {
            CompletableFuture<T> carriedOut = call.sendTo(store);
            Fault.onEnd(carriedOut, () -> {
                after.run();
                answer(carriedOut, answered);
            });
        } else {
            answer(new CompletableFuture<>(), answered);
        }
        return answered;
    }

    private <T> void answer(CompletableFuture<T> carriedOut, CompletableFuture<T> answered) {
        answer.ifPresentOrElse(
                failure -> answered.completeExceptionally(failure.get()), () -> Fault.forward(carriedOut, answered));
    }

    private static void nothing() {}
}

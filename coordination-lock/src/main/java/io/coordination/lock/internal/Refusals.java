package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Bad arguments of asynchronous calls come through their futures. */
final class Refusals {

    private Refusals() {}

    static <T> CompletableFuture<T> asFuture(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }
}

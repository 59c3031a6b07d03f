package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.Durations;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waiting for what goes on until it is definite, at most for the request timeout. */
final class BoundedWait {

    private BoundedWait() {}

    /** Waits; an interrupt ends it with {@code CANCELLED}. */
    static <T> T await(Environment env, CompletableFuture<T> definite, String operation) {
        CompletableFuture<T> answer = definite.copy();
        TimeSource.Timer timer = limit(env, answer, operation);
        try {
            return Blocking.await(answer, operation);
        } finally {
            timer.cancel();
        }
    }

    /** Waits; an interrupt ends it as it ends the waits of the JDK. */
    static <T> T interruptibly(Environment env, CompletableFuture<T> definite, String operation)
            throws InterruptedException {
        CompletableFuture<T> answer = definite.copy();
        TimeSource.Timer timer = limit(env, answer, operation);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw Blocking.failure(e, operation);
        } finally {
            timer.cancel();
        }
    }

    /** Waits whatever happens to the thread: releasing must not be given up half-way because it is asked to stop. */
    static <T> T uninterruptibly(Environment env, CompletableFuture<T> definite, String operation) {
        if (definite.isDone() && !definite.isCompletedExceptionally()) {
            return definite.join();
        }
        CompletableFuture<T> answer = definite.copy();
        TimeSource.Timer timer = limit(env, answer, operation);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw Blocking.failure(e, operation);
        } finally {
            timer.cancel();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static TimeSource.Timer limit(Environment env, CompletableFuture<?> answer, String operation) {
        Duration timeout = env.options().requestTimeout();
        return env.time()
                .schedule(
                        timeout,
                        () -> answer.completeExceptionally(CoordinationException.withUnknownOutcome(
                                ErrorCode.TIMEOUT_ERROR,
                                operation + " was not answered within " + Durations.text(timeout)
                                        + "; it goes on in the background")));
    }
}

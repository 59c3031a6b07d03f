package io.coordination.store;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The step from our asynchronous inside to blocking calls of the API. */
public final class Blocking {

    private Blocking() {}

    /**
     * Waits for a future that is sure to end and answers its value.
     *
     * @param operation what the caller asked for, as the subject of a sentence such as {@code "setting config 'a'"}
     * @throws CoordinationException what the future failed with; {@code CANCELLED}, with the interrupt flag set again, when
     *     the thread was interrupted
     */
    public static <T> T await(CompletableFuture<T> future, String operation) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw CoordinationException.withUnknownOutcome(
                    ErrorCode.CANCELLED, operation + " was interrupted before its outcome was known", e);
        } catch (CancellationException e) {
            throw new CoordinationCancelledException(operation + " was cancelled", e);
        } catch (ExecutionException e) {
            throw failure(e, operation);
        }
    }

    /** What a future failed with, without the wrapping of {@link CompletableFuture}. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapped && cause != null ? cause : failure;
    }

    /** A failure as the exception that the API promises. */
    public static CoordinationException failure(Throwable failure, String operation) {
        Throwable cause = cause(failure);
        if (cause instanceof CoordinationException known) {
            return known;
        }
        if (cause instanceof CancellationException) {
            return new CoordinationCancelledException(operation + " was cancelled", cause);
        }
        return new CoordinationException(ErrorCode.INTERNAL_ERROR, operation + " failed unexpectedly", cause);
    }
}

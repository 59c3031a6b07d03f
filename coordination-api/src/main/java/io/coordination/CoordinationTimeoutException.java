package io.coordination;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the time that was allowed ran out: the request timeout of a call, or the wait time of a lock.
 *
 * <p>A wait for a lock that timed out leaves nothing behind. For a write, look at {@link #outcomeUnknown()}.
 */
public final class CoordinationTimeoutException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a known outcome.
     *
     * @param message a sentence that says what happened and the way out
     */
    public CoordinationTimeoutException(String message) {
        this(message, null, false);
    }

    /**
     * An exception with a known outcome.
     *
     * @param message a sentence that says what happened and the way out
     * @param cause what led to it
     */
    public CoordinationTimeoutException(String message, Throwable cause) {
        this(message, cause, false);
    }

    CoordinationTimeoutException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
        super(ErrorCode.TIMEOUT_ERROR, message, cause, ErrorCode.TIMEOUT_ERROR.retryable(), outcomeUnknown);
    }
}

package io.coordination;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a call was interrupted or cancelled before its end was known. The interrupt flag of the thread is set again
 * when an interrupt was the reason. For a write, look at {@link #outcomeUnknown()}.
 */
public final class CoordinationCancelledException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a known outcome.
     *
     * @param message a sentence that says what happened and the way out
     */
    public CoordinationCancelledException(String message) {
        this(message, null, false);
    }

    /**
     * An exception with a known outcome.
     *
     * @param message a sentence that says what happened and the way out
     * @param cause what led to it
     */
    public CoordinationCancelledException(String message, Throwable cause) {
        this(message, cause, false);
    }

    CoordinationCancelledException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
        super(ErrorCode.CANCELLED, message, cause, ErrorCode.CANCELLED.retryable(), outcomeUnknown);
    }
}

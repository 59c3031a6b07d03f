package io.coordination;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by every call on a coordinator, module, handle or registration that was closed. Repeating does not help: open a
 * new one.
 */
public final class CoordinationClosedException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with a known outcome.
     *
     * @param message a sentence that says what happened and the way out
     */
    public CoordinationClosedException(String message) {
        this(message, null, false);
    }

    /**
     * An exception with a known outcome.
     *
     * @param message a sentence that says what happened and the way out
     * @param cause what led to it
     */
    public CoordinationClosedException(String message, Throwable cause) {
        this(message, cause, false);
    }

    CoordinationClosedException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
        super(ErrorCode.CLOSED, message, cause, ErrorCode.CLOSED.retryable(), outcomeUnknown);
    }
}

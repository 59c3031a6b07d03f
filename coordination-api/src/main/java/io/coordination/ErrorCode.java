package io.coordination;

/** What kind of failure a {@link CoordinationException} reports. */
public enum ErrorCode {
    /** The server could not be reached, or the connection broke. */
    CONNECTION_ERROR(true),
    /** No answer, or no lock, within the time that was allowed. */
    TIMEOUT_ERROR(true),
    /** What the call names does not exist. */
    NOT_FOUND(false),
    /** Somebody else was first: another version is stored, or another owner holds the name. */
    CONFLICT(false),
    /** An argument or an option is wrong; the message names it and says what is allowed. */
    VALIDATION_ERROR(false),
    /** The server answers but cannot serve: no leader, too many requests, or the circuit breaker is open. */
    SERVICE_UNAVAILABLE(true),
    /** The lock is not held any more; another holder may already be running. */
    LOCK_LOST(false),
    /** The coordinator, handle or registration was closed. */
    CLOSED(false),
    /** The call was interrupted or cancelled before its end was known. */
    CANCELLED(false),
    /** The call does not fit the present state, for example {@code install} while another coordinator is open. */
    INVALID_STATE(false),
    /** The server refused the credentials, or they do not allow the operation. */
    PERMISSION_DENIED(false),
    /** A value could not be turned into bytes, or stored bytes not into the wanted type. */
    SERIALIZATION_ERROR(false),
    /** A defect of this SDK or an answer that the server must not give. */
    INTERNAL_ERROR(false);

    private final boolean retryable;

    ErrorCode(boolean retryable) {
        this.retryable = retryable;
    }

    /**
     * Whether the same call may succeed a moment later without any change by the caller.
     *
     * @return the default of {@link CoordinationException#retryable()} for this code
     */
    public boolean retryable() {
        return retryable;
    }
}

package io.coordination;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of this SDK: unchecked, with a {@linkplain #code() code} and a sentence that says what to do.
 *
 * <p>Subclasses exist where a caller acts differently. {@link #of(ErrorCode, String)} and its siblings pick the subclass
 * that belongs to a code, so that {@code catch (CoordinationTimeoutException e)} sees every timeout.
 *
 * <p>{@link #retryable()} says whether repeating may help; {@link #outcomeUnknown()} says whether repeating is a second
 * application of the operation or possibly the first.
 */
public class CoordinationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure this is. */
    private final ErrorCode code;

    /** Whether repeating may help. */
    private final boolean retryable;

    /** Whether the server may or may not have applied the operation. */
    private final boolean outcomeUnknown;

    /**
     * An exception with the code's default {@link ErrorCode#retryable() retryability} and a known outcome.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     */
    public CoordinationException(ErrorCode code, String message) {
        this(code, message, null, code.retryable(), false);
    }

    /**
     * An exception with the code's default {@link ErrorCode#retryable() retryability} and a known outcome.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     * @param cause what led to it
     */
    public CoordinationException(ErrorCode code, String message, Throwable cause) {
        this(code, message, cause, code.retryable(), false);
    }

    /**
     * An exception with every fact given.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     * @param cause what led to it, or {@code null}
     * @param retryable whether repeating the call may help
     * @param outcomeUnknown whether the server may or may not have applied the operation
     */
    protected CoordinationException(
            ErrorCode code, String message, @Nullable Throwable cause, boolean retryable, boolean outcomeUnknown) {
        super(message, cause);
        this.code = code;
        this.retryable = retryable;
        this.outcomeUnknown = outcomeUnknown;
    }

    /**
     * The exception for a code: the subclass that belongs to it, or a plain {@code CoordinationException}.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     * @return a new exception
     */
    public static CoordinationException of(ErrorCode code, String message) {
        return create(code, message, null, false);
    }

    /**
     * The exception for a code: the subclass that belongs to it, or a plain {@code CoordinationException}.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     * @param cause what led to it
     * @return a new exception
     */
    public static CoordinationException of(ErrorCode code, String message, Throwable cause) {
        return create(code, message, cause, false);
    }

    /**
     * The exception for an operation that the server may or may not have applied.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     * @return a new exception whose {@link #outcomeUnknown()} is true
     */
    public static CoordinationException withUnknownOutcome(ErrorCode code, String message) {
        return create(code, message, null, true);
    }

    /**
     * The exception for an operation that the server may or may not have applied.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     * @param cause what led to it
     * @return a new exception whose {@link #outcomeUnknown()} is true
     */
    public static CoordinationException withUnknownOutcome(ErrorCode code, String message, Throwable cause) {
        return create(code, message, cause, true);
    }

    /**
     * The exception for a failure that repeating does not cure, although failures with its code usually pass: a full database
     * among what a server cannot serve at present. A code with a subclass of its own keeps that and its retryability.
     *
     * @param code what kind of failure this is
     * @param message a sentence that names the parameter or resource and the way out
     * @param cause what led to it
     * @param outcomeUnknown whether the server may or may not have applied the operation
     * @return a new exception; its {@link #retryable()} is false unless the code is {@link ErrorCode#TIMEOUT_ERROR}
     */
    public static CoordinationException lasting(
            ErrorCode code, String message, Throwable cause, boolean outcomeUnknown) {
        CoordinationException usual = create(code, message, cause, outcomeUnknown);
        return usual.getClass() == CoordinationException.class
                ? new CoordinationException(code, message, cause, false, outcomeUnknown)
                : usual;
    }

    private static CoordinationException create(
            ErrorCode code, String message, @Nullable Throwable cause, boolean outcomeUnknown) {
        return switch (code) {
            case LOCK_LOST -> new LockLostException(message, cause, outcomeUnknown);
            case CONFLICT -> new ConflictException(message, cause, outcomeUnknown);
            case TIMEOUT_ERROR -> new CoordinationTimeoutException(message, cause, outcomeUnknown);
            case CLOSED -> new CoordinationClosedException(message, cause, outcomeUnknown);
            case CANCELLED -> new CoordinationCancelledException(message, cause, outcomeUnknown);
            default -> new CoordinationException(code, message, cause, code.retryable(), outcomeUnknown);
        };
    }

    /**
     * What kind of failure this is.
     *
     * @return the code
     */
    public final ErrorCode code() {
        return code;
    }

    /**
     * Whether the same call may succeed a moment later without any change by the caller.
     *
     * @return true when repeating may help
     */
    public final boolean retryable() {
        return retryable;
    }

    /**
     * Whether the server may or may not have applied the operation.
     *
     * @return false when the operation surely had no effect, or when it only reads
     */
    public final boolean outcomeUnknown() {
        return outcomeUnknown;
    }

    /**
     * The class name, the code and the message.
     *
     * @return a line for logs
     */
    @Override
    @SuppressWarnings(
            "OverrideThrowableToString") // the message stays a sentence for people, the code belongs into traces
    public String toString() {
        return getClass().getName() + " [" + code + "]: " + getMessage();
    }
}

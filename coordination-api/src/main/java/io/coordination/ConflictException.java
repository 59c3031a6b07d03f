package io.coordination;

import io.coordination.config.Version;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when somebody else was first: a configuration value has another version than expected, an instance id belongs to a
 * live foreign registration, or owners of locks wait for each other. Nothing was changed.
 */
public sealed class ConflictException extends CoordinationException permits LockDeadlockException {
    private static final long serialVersionUID = 1L;
    private static final long UNKNOWN = -1;

    /** The greater fencing token that a resource has seen, 0 when the conflict is not about tokens. */
    private final long greaterToken;

    /** The revision of the stored value, 0 when there is none, -1 when the conflict is not about versions. */
    private final long currentRevision;

    /**
     * A conflict without a version.
     *
     * @param message a sentence that says what is in the way
     */
    public ConflictException(String message) {
        this(message, null, false);
    }

    /**
     * A conflict without a version.
     *
     * @param message a sentence that says what is in the way
     * @param cause what led to it
     */
    public ConflictException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * A conflict between versions.
     *
     * @param message a sentence that says what is in the way
     * @param current the version that is stored, {@link Version#ABSENT} when there is none
     */
    public ConflictException(String message, Version current) {
        super(ErrorCode.CONFLICT, message, null, ErrorCode.CONFLICT.retryable(), false);
        this.currentRevision = current.revision();
        this.greaterToken = 0;
    }

    private ConflictException(String message, long greaterToken, boolean outcomeUnknown) {
        super(ErrorCode.CONFLICT, message, null, ErrorCode.CONFLICT.retryable(), outcomeUnknown);
        this.currentRevision = UNKNOWN;
        this.greaterToken = greaterToken;
    }

    /**
     * A write that a later owner of a lock has overtaken.
     *
     * @param message a sentence that says what is in the way
     * @param greaterToken the fencing token that the resource has seen
     * @param outcomeUnknown whether the write may have been applied before that
     * @return a new exception
     */
    public static ConflictException overtaken(String message, long greaterToken, boolean outcomeUnknown) {
        return new ConflictException(message, greaterToken, outcomeUnknown);
    }

    ConflictException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
        super(ErrorCode.CONFLICT, message, cause, ErrorCode.CONFLICT.retryable(), outcomeUnknown);
        this.currentRevision = UNKNOWN;
        this.greaterToken = 0;
    }

    /**
     * The fencing token of the later owner that a guarded write met.
     *
     * @return empty when the conflict is not about tokens
     */
    public OptionalLong greaterToken() {
        return greaterToken == 0 ? OptionalLong.empty() : OptionalLong.of(greaterToken);
    }

    /**
     * The version that was stored when the server refused.
     *
     * @return the version to read, merge with and expect next; {@link Version#ABSENT} when the key does not exist; empty
     *     when the conflict is not about versions
     */
    public Optional<Version> current() {
        return currentRevision == UNKNOWN ? Optional.empty() : Optional.of(new Version(currentRevision));
    }
}

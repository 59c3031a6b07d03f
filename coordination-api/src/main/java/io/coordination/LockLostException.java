package io.coordination;

import io.coordination.lock.LockLost;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a lock, or the place in its queue, ended before the work did: another holder may already be running.
 * Repeating the call on the same handle is never right; stop the work, then acquire again.
 */
public final class LockLostException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable LockLost lost;

    /**
     * A loss whose circumstances are in the message.
     *
     * @param message a sentence that names the lock
     */
    public LockLostException(String message) {
        this(message, null, false);
    }

    /**
     * A loss whose circumstances are in the message.
     *
     * @param message a sentence that names the lock
     * @param cause what led to it
     */
    public LockLostException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * The loss of a held lock.
     *
     * @param message a sentence that names the lock
     * @param lost when and why it was lost; its cause becomes the cause of the exception
     */
    public LockLostException(String message, LockLost lost) {
        super(ErrorCode.LOCK_LOST, message, lost.cause().orElse(null), ErrorCode.LOCK_LOST.retryable(), false);
        this.lost = lost;
    }

    LockLostException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
        super(ErrorCode.LOCK_LOST, message, cause, ErrorCode.LOCK_LOST.retryable(), outcomeUnknown);
        this.lost = null;
    }

    /**
     * When and why a held lock was lost.
     *
     * @return empty when the place in the queue was lost before the lock was held, and after deserialisation
     */
    public Optional<LockLost> lost() {
        return Optional.ofNullable(lost);
    }
}

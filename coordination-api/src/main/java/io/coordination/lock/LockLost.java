package io.coordination.lock;

import io.coordination.internal.Checks;
import java.time.Instant;
import java.util.Optional;

/**
 * The loss of a held lock.
 *
 * @param key the lock's name
 * @param fencingToken the token of the hold that ended; every later owner has a greater one
 * @param reason why
 * @param at when this process declared the loss, by its wall clock; for display
 * @param cause what led to it, if there is more to say than the reason
 */
public record LockLost(String key, long fencingToken, LockLostReason reason, Instant at, Optional<Throwable> cause) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param key the lock's name
     * @param fencingToken the token of the hold that ended
     * @param reason why
     * @param at when this process declared the loss
     * @param cause what led to it
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public LockLost {
        Checks.notNull("key", key);
        Checks.notNull("reason", reason);
        Checks.notNull("at", at);
        Checks.notNull("cause", cause);
    }
}

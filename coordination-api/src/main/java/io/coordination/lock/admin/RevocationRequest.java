package io.coordination.lock.admin;

import io.coordination.internal.Checks;
import java.time.Instant;

/**
 * A polite request to a holder to release its lock soon.
 *
 * @param key the lock's name
 * @param requestedBy the node that asks: its client name, or its host
 * @param reason why, in the words of who asks
 * @param at when it was asked, by the clock of the node that asks; for display
 */
public record RevocationRequest(String key, String requestedBy, String reason, Instant at) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param key the lock's name
     * @param requestedBy the node that asks
     * @param reason why
     * @param at when it was asked
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public RevocationRequest {
        Checks.notNull("key", key);
        Checks.notNull("requestedBy", requestedBy);
        Checks.notNull("reason", reason);
        Checks.notNull("at", at);
    }
}

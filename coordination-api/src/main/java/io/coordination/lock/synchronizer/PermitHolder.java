package io.coordination.lock.synchronizer;

import io.coordination.internal.Checks;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who holds permits of a semaphore.
 *
 * @param permits how many
 * @param node the name of its process: the client name from its options, or its host
 * @param label what it calls itself, if it does
 * @param since when it asked for them, by its wall clock; for display
 */
public record PermitHolder(int permits, String node, Optional<String> label, Instant since) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param permits how many
     * @param node the name of its process
     * @param label what it calls itself
     * @param since when it asked for them
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public PermitHolder {
        Checks.notNull("node", node);
        Checks.notNull("label", label);
        Checks.notNull("since", since);
    }
}

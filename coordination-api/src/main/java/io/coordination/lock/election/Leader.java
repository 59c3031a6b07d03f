package io.coordination.lock.election;

import io.coordination.internal.Checks;
import java.time.Instant;

/**
 * The leader of an election, as others see it.
 *
 * @param payload what it last proclaimed, or campaigned with
 * @param fencingToken its token; every later leader has a greater one
 * @param node the name of its process: the client name from its options, or its host
 * @param since when it joined the queue, by its wall clock; for display
 */
public record Leader(String payload, long fencingToken, String node, Instant since) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param payload what it last proclaimed
     * @param fencingToken its token
     * @param node the name of its process
     * @param since when it joined the queue
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public Leader {
        Checks.notNull("payload", payload);
        Checks.notNull("node", node);
        Checks.notNull("since", since);
    }
}

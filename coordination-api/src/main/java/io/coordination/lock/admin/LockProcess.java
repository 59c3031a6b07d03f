package io.coordination.lock.admin;

import io.coordination.internal.Checks;

/**
 * A process that holds locks or waits for them, as it describes itself.
 *
 * @param node its client name, or its host
 * @param host the name of its host
 * @param pid its process id on that host
 */
public record LockProcess(String node, String host, long pid) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param node its client name, or its host
     * @param host the name of its host
     * @param pid its process id on that host
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public LockProcess {
        Checks.notNull("node", node);
        Checks.notNull("host", host);
    }
}

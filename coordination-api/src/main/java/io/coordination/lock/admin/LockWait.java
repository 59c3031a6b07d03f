package io.coordination.lock.admin;

import io.coordination.internal.Checks;

/**
 * One of the waits that make up a deadlock.
 *
 * @param owner who waits: the name of a thread or of a lock owner
 * @param node the node of its process: its client name, or its host
 * @param waitsFor the name of the lock that it waits for
 */
public record LockWait(String owner, String node, String waitsFor) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param owner who waits
     * @param node the node of its process
     * @param waitsFor the name of the lock
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public LockWait {
        Checks.notNull("owner", owner);
        Checks.notNull("node", node);
        Checks.notNull("waitsFor", waitsFor);
    }
}

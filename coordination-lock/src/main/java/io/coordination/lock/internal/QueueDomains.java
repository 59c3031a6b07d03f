package io.coordination.lock.internal;

import io.coordination.store.KeyRange;
import java.util.Optional;

/**
 * What belongs together when transactions of locks share a revision: everything below one lock's prefix. Two that touch the
 * same lock must never be in one revision, because the create revision orders whoever queues.
 */
public final class QueueDomains {

    private static final String LOCKS = "/locks/";

    private QueueDomains() {}

    /** The lock that a key belongs to; nothing for the keys of sessions, which transactions only compare. */
    public static Optional<KeyRange> of(String key) {
        int last = key.lastIndexOf('/');
        // Names are one segment: what precedes the last slash of a lock's key is the lock.
        return key.contains(LOCKS) && last > 0
                ? Optional.of(KeyRange.prefix(key.substring(0, last + 1)))
                : Optional.empty();
    }
}

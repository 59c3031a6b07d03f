package io.coordination.registry.internal;

import io.coordination.store.KeyValue;

/** What came of an attempt to own an instance key. */
sealed interface Claim {

    /** The revision of the store when it answered: who follows the key from the next one misses nothing. */
    long seenAt();

    /**
     * The key is ours and hangs on our lease.
     *
     * @param committedAt the revision that put it
     */
    record Mine(long committedAt, long seenAt) implements Claim {}

    /**
     * Somebody else has the key.
     *
     * @param entry the key as it is
     */
    record Foreign(KeyValue entry, long seenAt) implements Claim {}
}

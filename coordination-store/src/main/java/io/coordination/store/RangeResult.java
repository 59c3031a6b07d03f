package io.coordination.store;

import java.util.List;
import java.util.Optional;

/**
 * What a range read.
 *
 * @param clusterId the cluster that answered
 * @param revision the store's revision when it answered, which is not the revision that was read when a past one was asked
 *     for
 * @param entries the keys, in key order
 * @param count the number of keys in the range, whatever the limit
 */
public record RangeResult(long clusterId, long revision, List<KeyValue> entries, long count) {

    /** Keeps an immutable copy of the entries. */
    public RangeResult {
        entries = List.copyOf(entries);
    }

    /** The first entry, if there is one: the answer to a query for a single key. */
    public Optional<KeyValue> first() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.get(0));
    }

    /** Whether the limit cut the answer. */
    public boolean more() {
        return count > entries.size() && !entries.isEmpty();
    }
}

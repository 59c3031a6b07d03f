package io.coordination.store.mirror;

import io.coordination.store.RangeResult;
import java.util.HashMap;
import java.util.Map;

/**
 * What a mirror is compared with.
 *
 * @param revision the revision that was read
 * @param modRevisions the keys at that revision, and when each was put
 */
record Comparison(long revision, Map<String, Long> modRevisions) {

    static Comparison with(RangeResult read) {
        Map<String, Long> modRevisions = new HashMap<>();
        read.entries().forEach(entry -> modRevisions.put(entry.key(), entry.modRevision()));
        return new Comparison(read.revision(), modRevisions);
    }

    /** Whether a state differs in more than what changed after the revision that was read. */
    boolean differs(MirrorState state, Touched touched) {
        return modRevisions.entrySet().stream()
                        .anyMatch(read -> !touched.isAfter(read.getKey(), revision)
                                && state.get(read.getKey())
                                        .filter(entry -> entry.modRevision() == read.getValue())
                                        .isEmpty())
                || state.entries().values().stream()
                        .anyMatch(entry ->
                                !touched.isAfter(entry.key(), revision) && !modRevisions.containsKey(entry.key()));
    }
}

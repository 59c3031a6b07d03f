package io.coordination.store.mirror;

import java.util.HashMap;
import java.util.Map;

/** Which keys of a mirror changed during a check, and at which revision last. */
final class Touched {

    private final Map<String, Long> revisions = new HashMap<>();

    void add(MirrorStep step) {
        step.changes()
                .forEach(change -> revisions.put(change.key(), step.state().revision()));
    }

    boolean isAfter(String key, long revision) {
        return revisions.getOrDefault(key, 0L) > revision;
    }
}

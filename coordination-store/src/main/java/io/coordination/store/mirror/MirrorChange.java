package io.coordination.store.mirror;

import io.coordination.store.KeyValue;
import java.util.List;
import java.util.Optional;

/**
 * A step from one state of a mirror to the next: usually one revision, after a gap the difference over many.
 *
 * @param revision the revision of the new state
 * @param resync whether a gap was bridged, so that states in between were not seen
 * @param changes what differs, one entry a key; never empty
 */
public record MirrorChange(long revision, boolean resync, List<Change> changes) {

    /** Keeps an immutable copy of the changes. */
    public MirrorChange {
        changes = List.copyOf(changes);
    }

    /**
     * What happened to one key.
     *
     * @param key the key
     * @param before the key before, absent when it was made
     * @param after the key now, absent when it was deleted
     */
    public record Change(String key, Optional<KeyValue> before, Optional<KeyValue> after) {}
}

package io.coordination.store.mirror;

import io.coordination.store.KeyValue;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * The keys of a prefix at one revision. Immutable; a later state shares what did not change.
 *
 * @param revision the revision; 0 before anything was read
 * @param entries the keys
 */
public record MirrorState(long revision, HashPMap<String, KeyValue> entries) {

    static final MirrorState NOTHING = new MirrorState(0, HashTreePMap.empty());

    /** Whether this is a state of the store, and not what a mirror has before its first load. */
    public boolean isRead() {
        return revision > 0;
    }

    /** One key, if it exists at this revision. */
    public Optional<KeyValue> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }
}

package io.coordination.store.mirror;

import io.coordination.store.KeyValue;
import io.coordination.store.RangeResult;
import io.coordination.store.WatchEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * A next state of a mirror and what differs from the one before.
 *
 * @param state the next state
 * @param resync whether states in between were not seen
 * @param changes the differences, one a key; none when the mirror saw only time pass
 */
record MirrorStep(MirrorState state, boolean resync, List<MirrorChange.Change> changes) {

    /** The step over one revision. */
    static MirrorStep over(MirrorState before, long revision, List<WatchEvent> events) {
        HashPMap<String, KeyValue> entries = before.entries();
        List<MirrorChange.Change> changes = new ArrayList<>();
        for (WatchEvent event : events) {
            Optional<KeyValue> old = Optional.ofNullable(entries.get(event.key()));
            if (event instanceof WatchEvent.Put put) {
                entries = entries.plus(put.key(), put.entry());
                changes.add(new MirrorChange.Change(put.key(), old, Optional.of(put.entry())));
            } else if (old.isPresent()) {
                entries = entries.minus(event.key());
                changes.add(new MirrorChange.Change(event.key(), old, Optional.empty()));
            }
        }
        return new MirrorStep(new MirrorState(revision, entries), false, changes);
    }

    /** The step over a gap to what was read after it, deletes included. */
    static MirrorStep to(MirrorState before, RangeResult read) {
        Map<String, KeyValue> entries = new HashMap<>();
        List<MirrorChange.Change> changes = new ArrayList<>();
        for (KeyValue entry : read.entries()) {
            entries.put(entry.key(), entry);
            Optional<KeyValue> old = before.get(entry.key());
            // Whole entries, because a restored store counts its revisions anew.
            if (!old.equals(Optional.of(entry))) {
                changes.add(new MirrorChange.Change(entry.key(), old, Optional.of(entry)));
            }
        }
        before.entries().forEach((key, entry) -> {
            if (!entries.containsKey(key)) {
                changes.add(new MirrorChange.Change(key, Optional.of(entry), Optional.empty()));
            }
        });
        return new MirrorStep(new MirrorState(read.revision(), HashTreePMap.from(entries)), true, changes);
    }

    /** What listeners hear of it, if there is anything to hear. */
    Optional<MirrorChange> change() {
        return changes.isEmpty() ? Optional.empty() : Optional.of(new MirrorChange(state.revision(), resync, changes));
    }
}

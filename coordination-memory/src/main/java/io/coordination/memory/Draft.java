package io.coordination.memory;

import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.WatchEvent;
import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePMap;

/** A revision that is being made: thrown away without a trace when its transaction fails. Not thread-safe. */
final class Draft {

    private final Revision base;
    private final long number;
    private final List<WatchEvent> events = new ArrayList<>();
    private TreePMap<String, KeyValue> state;

    Draft(Revision base) {
        this.base = base;
        this.number = base.number() + 1;
        this.state = base.state();
    }

    void put(String key, Bytes value, long lease) {
        KeyValue old = state.get(key);
        KeyValue entry = old == null
                ? new KeyValue(key, value, number, number, 1, lease)
                : new KeyValue(key, value, old.createRevision(), number, old.version() + 1, lease);
        state = state.plus(key, entry);
        events.add(new WatchEvent.Put(entry));
    }

    long delete(KeyRange keys) {
        List<String> found = List.copyOf(RangeRead.select(state, keys).keySet());
        for (String key : found) {
            state = state.minus(key);
            events.add(new WatchEvent.Delete(key, number));
        }
        return found.size();
    }

    TreePMap<String, KeyValue> state() {
        return state;
    }

    boolean changesNothing() {
        return events.isEmpty();
    }

    /** The store's revision as of now: the base's until the first change. */
    long revision() {
        return changesNothing() ? base.number() : number;
    }

    Revision finish() {
        return new Revision(number, state, List.copyOf(events));
    }
}

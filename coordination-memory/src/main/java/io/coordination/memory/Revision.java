package io.coordination.memory;

import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.WatchEvent;
import java.util.List;
import org.pcollections.TreePMap;

/**
 * One revision: all keys as they are after it, and what it changed.
 *
 * @param number its number
 * @param state all keys; a persistent map, so that the past costs only what changed since
 * @param events its changes in the order of its operations
 */
record Revision(long number, TreePMap<String, KeyValue> state, List<WatchEvent> events) {

    /** The revision of a store that nobody has written to; etcd counts from 1 as well. */
    static final Revision FIRST = new Revision(1, TreePMap.empty(), List.of());

    /** The changes of the keys of a range. */
    List<WatchEvent> eventsIn(KeyRange keys) {
        return events.stream().filter(event -> keys.contains(event.key())).toList();
    }
}

package io.coordination.memory;

import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import java.util.List;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * Reads ranges of one state.
 *
 * @param clusterId the database
 * @param revision the store's revision when it answers
 * @param state the keys that are read
 */
record RangeRead(long clusterId, long revision, TreePMap<String, KeyValue> state) {

    static TreePMap<String, KeyValue> select(TreePMap<String, KeyValue> state, KeyRange keys) {
        return state.subMap(keys.from(), true, keys.to(), false);
    }

    RangeResult answer(RangeQuery query) {
        TreePMap<String, KeyValue> selected = select(state, query.keys());
        return new RangeResult(clusterId, revision, entries(selected, query), selected.size());
    }

    private static List<KeyValue> entries(TreePMap<String, KeyValue> selected, RangeQuery query) {
        if (query.countOnly()) {
            return List.of();
        }
        Stream<KeyValue> found = selected.values().stream();
        if (query.limit() > 0) {
            found = found.limit(query.limit());
        }
        return query.keysOnly() ? found.map(RangeRead::withoutValue).toList() : found.toList();
    }

    private static KeyValue withoutValue(KeyValue full) {
        return new KeyValue(
                full.key(), Bytes.EMPTY, full.createRevision(), full.modRevision(), full.version(), full.lease());
    }
}

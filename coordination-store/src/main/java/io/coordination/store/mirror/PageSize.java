package io.coordination.store.mirror;

import io.coordination.store.KeyValue;
import java.util.List;

/**
 * How many keys the next page of a reading asks for: as many as make about 4 MiB, judged by the page before, at most ten
 * times its keys and at most 1,000. An etcd value may have 1.5 MiB, and no count of keys fits both those and small ones.
 */
final class PageSize {

    private static final int FIRST = 100;
    private static final int MOST = 1_000;
    private static final int GROWTH = 10;
    private static final int SHRINKAGE = 4;
    private static final long BYTES = 4L << 20;

    /** About what the counters and the framing of an entry take. */
    private static final int OVERHEAD = 32;

    private int keys = FIRST;
    private int most = MOST;

    /** The number of keys to ask for. */
    int keys() {
        return keys;
    }

    /** Takes the measure of a page that was read and was not the last. */
    void brought(List<KeyValue> entries) {
        long bytes = entries.stream()
                .mapToLong(entry -> entry.key().length() + (long) entry.value().size() + OVERHEAD)
                .sum();
        long fitting = BYTES * entries.size() / bytes;
        long growing = (long) entries.size() * GROWTH;
        keys = (int) Math.max(1, Math.min(most, Math.min(fitting, growing)));
    }

    /** Asks for fewer keys, because the answer was too large; false when it was a single one already. */
    boolean shrink() {
        boolean possible = keys > 1;
        keys = Math.max(1, keys / SHRINKAGE);
        most = keys; // small values must not make it try again and again
        return possible;
    }
}

package io.coordination.store.group;

import io.coordination.store.KeyRange;
import java.util.Map;
import java.util.TreeMap;

/** Keys as a union of ranges. Questions cost the logarithm of the number of ranges. Not thread-safe. */
final class KeyRangeSet {

    // From the first key of each range to its end; the ranges do not overlap.
    private final TreeMap<String, String> ranges = new TreeMap<>();

    void add(KeyRange added) {
        String from = added.from();
        String to = added.to();
        Map.Entry<String, String> overlapping = ranges.lowerEntry(to);
        while (overlapping != null && overlapping.getValue().compareTo(from) > 0) {
            from = from.compareTo(overlapping.getKey()) < 0 ? from : overlapping.getKey();
            to = to.compareTo(overlapping.getValue()) > 0 ? to : overlapping.getValue();
            ranges.remove(overlapping.getKey());
            overlapping = ranges.lowerEntry(to);
        }
        ranges.put(from, to);
    }

    void addAll(KeyRangeSet others) {
        others.ranges.forEach((from, to) -> add(new KeyRange(from, to)));
    }

    /** Whether a key is in both. */
    boolean intersects(KeyRangeSet other) {
        KeyRangeSet few = ranges.size() < other.ranges.size() ? this : other;
        KeyRangeSet many = few == this ? other : this;
        for (Map.Entry<String, String> range : few.ranges.entrySet()) {
            if (many.intersects(range.getKey(), range.getValue())) {
                return true;
            }
        }
        return false;
    }

    private boolean intersects(String from, String to) {
        // Of the ranges that begin before the end, the last one ends last.
        Map.Entry<String, String> last = ranges.lowerEntry(to);
        return last != null && last.getValue().compareTo(from) > 0;
    }
}

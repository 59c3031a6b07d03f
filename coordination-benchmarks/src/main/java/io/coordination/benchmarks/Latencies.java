package io.coordination.benchmarks;

import java.util.Arrays;
import java.util.List;

/** Durations of single operations. Not thread-safe. */
final class Latencies {

    private long[] nanos = new long[1024];
    private int count;

    /** Those of several in one. */
    static Latencies together(List<Latencies> parts) {
        Latencies all = new Latencies();
        parts.forEach(part -> Arrays.stream(part.nanos, 0, part.count).forEach(all::add));
        return all;
    }

    void add(long duration) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = duration;
    }

    int count() {
        return count;
    }

    /** The duration that the given share of all stays at or below; at least one must have been added. */
    long percentile(double share) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)];
    }

    /** {@code p50} and {@code p99} in microseconds. */
    Reading micros() {
        return Reading.of("p50", percentile(0.50) / 1e3).and("p99", percentile(0.99) / 1e3);
    }
}

package io.coordination.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The same number in each round.
 *
 * @param values at least one
 */
record Series(List<Double> values) {

    Series {
        values = List.copyOf(values);
    }

    static Series of(List<Reading> readings, String name) {
        return new Series(readings.stream().map(reading -> reading.get(name)).toList());
    }

    /** The one in the middle, or the mean of the two in the middle. */
    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double lowest() {
        return values.stream().mapToDouble(value -> value).min().orElseThrow();
    }

    double highest() {
        return values.stream().mapToDouble(value -> value).max().orElseThrow();
    }

    /** The best of several series, round by round; at least one must be given. */
    static Series best(Collection<Series> all, Comparison.Better better) {
        int rounds = all.stream().mapToInt(series -> series.values.size()).min().orElseThrow();
        return new Series(IntStream.range(0, rounds)
                .mapToObj(round -> better.best(all.stream().mapToDouble(series -> series.values.get(round))))
                .toList());
    }

    /** How many times better this is than another series, round by round. */
    Series with(Series theirs, Comparison.Better better) {
        return new Series(IntStream.range(0, Math.min(values.size(), theirs.values.size()))
                .mapToObj(round -> better.ratio(values.get(round), theirs.values.get(round)))
                .toList());
    }
}

package io.coordination.benchmarks;

/**
 * How many times better than a peer we are: above 1 is faster or more.
 *
 * @param name what was measured
 * @param measure what was compared
 * @param peer the label of whom we are compared with
 * @param value the ratio of the medians
 * @param lowest the lowest ratio of one round
 * @param highest the highest ratio of one round
 */
record Ratio(String name, String measure, String peer, double value, double lowest, double highest) {

    /** The ratio of medians, and the spread of that of the rounds. */
    static Ratio of(
            String name,
            Comparison.Measure measure,
            String peer,
            Series ours,
            Series theirs,
            Comparison.Better better) {
        Series rounds = ours.with(theirs, better);
        return new Ratio(
                name,
                measure.label(),
                peer,
                better.ratio(ours.median(), theirs.median()),
                rounds.lowest(),
                rounds.highest());
    }

    /** {@code name ratio}. */
    String line() {
        return name + ".vs-" + peer + " " + Figure.number(value);
    }
}

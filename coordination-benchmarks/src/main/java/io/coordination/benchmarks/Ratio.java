package io.coordination.benchmarks;

/**
 * How many times better than a peer we are: above 1 is faster or more.
 *
 * @param name what was measured
 * @param measure what was compared
 * @param peer with whom
 * @param value the ratio of the medians
 * @param lowest the lowest ratio of one round
 * @param highest the highest ratio of one round
 */
record Ratio(String name, String measure, Peer peer, double value, double lowest, double highest) {

    /** {@code name ratio}. */
    String line() {
        return name + ".vs-" + peer.label() + " " + Figure.number(value);
    }
}

package io.coordination.benchmarks;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One measured number. Its label is the name, the peer unless it is ours, and the measure, with dots between them.
 *
 * @param name what was measured, such as {@code store.put}
 * @param measure what is told of it, such as {@code p50}; empty when there is only one thing to tell
 * @param peer who
 * @param value the number
 * @param unit its unit
 */
record Figure(String name, String measure, Peer peer, double value, String unit) {

    String label() {
        return Stream.of(name, peer == Peer.OURS ? "" : peer.label(), measure)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("."));
    }

    /** {@code name value unit}. */
    String line() {
        return label() + " " + number(value) + " " + unit;
    }

    /** Three digits that mean something, and all those before the point. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}

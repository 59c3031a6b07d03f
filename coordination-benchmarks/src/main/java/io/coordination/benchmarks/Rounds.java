package io.coordination.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Lets peers work in turn: in each round every peer does every work, right after the other, and who begins changes from round
 * to round. What disturbs the machine for a while so disturbs all.
 */
final class Rounds {

    private final List<Contender> contenders;
    private final List<Comparison> comparisons;
    private final Map<Comparison, Map<Peer, List<Reading>>> readings = new LinkedHashMap<>();

    Rounds(List<Contender> contenders, List<Comparison> comparisons) {
        this.contenders = contenders;
        this.comparisons = comparisons;
    }

    /** Warms up, then makes all rounds. */
    void run(Scale scale, Consumer<String> progress) {
        progress.accept("Warming up");
        for (Comparison comparison : comparisons) {
            contenders.forEach(contender -> contender.ask(comparison.lasting(scale.warmUp())));
        }
        List<Contender> order = new ArrayList<>(contenders);
        for (int round = 1; round <= scale.rounds(); round++) {
            progress.accept("Round " + round + " of " + scale.rounds());
            for (Comparison comparison : comparisons) {
                order.forEach(contender -> take(comparison, contender));
            }
            Collections.reverse(order);
        }
    }

    private void take(Comparison comparison, Contender contender) {
        readings.computeIfAbsent(comparison, any -> new EnumMap<>(Peer.class))
                .computeIfAbsent(contender.peer(), any -> new ArrayList<>())
                .add(contender.ask(comparison.command()));
    }

    /** Adds the medians over the rounds, and the ratios of ours to each other peer. */
    void tell(String suite, Report report) {
        readings.forEach((comparison, byPeer) -> comparison
                .measures()
                .forEach(measure -> tell(suite + "." + comparison.name(), measure, byPeer, report)));
    }

    private static void tell(String name, Comparison.Measure measure, Map<Peer, List<Reading>> byPeer, Report report) {
        Map<Peer, Series> series = new EnumMap<>(Peer.class);
        byPeer.forEach((peer, list) -> series.put(peer, Series.of(list, measure.reading())));
        series.forEach(
                (peer, values) -> report.add(new Figure(name, measure.label(), peer, values.median(), measure.unit())));
        Series ours = series.remove(Peer.OURS);
        if (ours != null) {
            measure.better()
                    .ifPresent(better -> series.forEach((peer, theirs) -> {
                        Series ratios = ours.with(theirs, better);
                        report.add(new Ratio(
                                name,
                                measure.label(),
                                peer,
                                better.ratio(ours.median(), theirs.median()),
                                ratios.lowest(),
                                ratios.highest()));
                    }));
        }
    }
}

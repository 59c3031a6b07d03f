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

    private final List<Match> matches;
    private final Map<Comparison, Map<Peer, List<Reading>>> readings = new LinkedHashMap<>();

    /**
     * Work and who does it.
     *
     * @param comparison the work
     * @param contenders at least one
     */
    record Match(Comparison comparison, List<? extends Contender> contenders) {

        Match {
            contenders = List.copyOf(contenders);
        }

        List<Contender> order(int round) {
            List<Contender> order = new ArrayList<>(contenders);
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            return order;
        }
    }

    Rounds(List<Match> matches) {
        this.matches = List.copyOf(matches);
    }

    /** All work is done by all. */
    static Rounds of(List<Contender> contenders, List<Comparison> comparisons) {
        return new Rounds(comparisons.stream()
                .map(comparison -> new Match(comparison, contenders))
                .toList());
    }

    /** Warms up, then makes all rounds. */
    void run(Scale scale, Consumer<String> progress) {
        progress.accept("Warming up");
        for (Match match : matches) {
            match.contenders()
                    .forEach(contender -> contender.ask(match.comparison().lasting(scale.warmUp())));
        }
        for (int round = 1; round <= scale.rounds(); round++) {
            progress.accept("Round " + round + " of " + scale.rounds());
            for (Match match : matches) {
                match.order(round).forEach(contender -> take(match.comparison(), contender));
            }
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
                .forEach(measure -> tell(suite + "." + comparison.name(), comparison, measure, byPeer, report)));
    }

    private static void tell(
            String name,
            Comparison comparison,
            Comparison.Measure measure,
            Map<Peer, List<Reading>> byPeer,
            Report report) {
        Map<Peer, Series> series = new EnumMap<>(Peer.class);
        byPeer.forEach((peer, list) -> series.put(peer, Series.of(list, measure.reading())));
        series.forEach(
                (peer, values) -> report.add(new Figure(name, measure.label(), peer, values.median(), measure.unit())));
        Series ours = series.remove(Peer.OURS);
        if (ours == null || measure.better().isEmpty()) {
            return;
        }
        Comparison.Better better = measure.better().get();
        series.forEach((peer, theirs) -> report.add(Ratio.of(name, measure, peer.label(), ours, theirs, better)));
        if (comparison.withBest()) {
            Series best = Series.best(series.values(), better);
            report.add(Ratio.of(name, measure, "best-peer", ours, best, better));
        }
    }
}

package io.coordination.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything a suite measured, in order. Not thread-safe. */
final class Report {

    private final List<Figure> figures = new ArrayList<>();
    private final List<Ratio> ratios = new ArrayList<>();

    void add(Figure figure) {
        figures.add(figure);
    }

    void add(Ratio ratio) {
        ratios.add(ratio);
    }

    /** One line a figure, then one line a ratio. */
    List<String> lines() {
        return Stream.concat(figures.stream().map(Figure::line), ratios.stream().map(Ratio::line))
                .toList();
    }

    /** A Markdown table with one row for each thing measured, one column for each peer, and the ratios. */
    List<String> markdown() {
        List<Peer> peers =
                figures.stream().map(Figure::peer).distinct().sorted().toList();
        Map<Row, Map<Peer, Figure>> rows = new LinkedHashMap<>();
        for (Figure figure : figures) {
            rows.computeIfAbsent(new Row(figure.name(), figure.measure(), figure.unit()), row -> new LinkedHashMap<>())
                    .put(figure.peer(), figure);
        }
        List<String> table = new ArrayList<>();
        table.add(row(Stream.concat(
                Stream.of("figure", "unit"),
                Stream.concat(peers.stream().map(Peer::label), Stream.of("ratio (rounds)")))));
        table.add(row(Stream.generate(() -> "---").limit(peers.size() + 3L)));
        rows.forEach((row, byPeer) -> table.add(row(Stream.concat(
                Stream.of(row.title(), row.unit()),
                Stream.concat(
                        peers.stream().map(peer -> byPeer.containsKey(peer) ? cell(byPeer.get(peer)) : "-"),
                        Stream.of(ratio(row)))))));
        return table;
    }

    private static String cell(Figure figure) {
        return Figure.number(figure.value());
    }

    private String ratio(Row row) {
        List<Ratio> found = ratios.stream()
                .filter(ratio ->
                        ratio.name().equals(row.name()) && ratio.measure().equals(row.measure()))
                .toList();
        boolean named = found.size() > 1;
        return found.stream()
                .map(ratio -> (named ? ratio.peer() + " " : "") + spread(ratio))
                .collect(Collectors.joining(", "));
    }

    private static String spread(Ratio ratio) {
        return "%s (%s to %s)"
                .formatted(Figure.number(ratio.value()), Figure.number(ratio.lowest()), Figure.number(ratio.highest()));
    }

    private static String row(Stream<String> cells) {
        return cells.toList().stream().reduce("|", (line, cell) -> line + " " + cell + " |");
    }

    private record Row(String name, String measure, String unit) {
        String title() {
            return "`" + name + (measure.isEmpty() ? "" : "." + measure) + "`";
        }
    }
}

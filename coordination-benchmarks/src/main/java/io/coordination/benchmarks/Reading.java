package io.coordination.benchmarks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a worker measured: numbers by name, one line of text.
 *
 * @param values the numbers; the units are a matter of the workload
 */
public record Reading(Map<String, Double> values) {

    private static final String GOOD = "ok";
    private static final String BAD = "failed ";

    /** Nothing measured: the work was only to be done. */
    public static final Reading NOTHING = new Reading(Map.of());

    /** Keeps an unmodifiable copy in the same order. */
    public Reading {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** One number. */
    public static Reading of(String name, double value) {
        return new Reading(Map.of(name, value));
    }

    /** The same with one more number. */
    public Reading and(String name, double value) {
        Map<String, Double> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new Reading(more);
    }

    /**
     * A number by its name.
     *
     * @throws IllegalArgumentException when it was not measured
     */
    public double get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("'" + name + "' was not measured, only " + values.keySet());
        }
        return value;
    }

    /** The line that {@link #parse} reads. */
    public String line() {
        return values.entrySet().stream()
                .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("", GOOD, ""));
    }

    /** The line for work that failed. */
    static String failed(Throwable failure) {
        return BAD + String.valueOf(failure).lines().collect(Collectors.joining(" / "));
    }

    /**
     * The reading of a line.
     *
     * @throws IllegalStateException when the line says that the work failed
     */
    public static Reading parse(String line) {
        String[] words = line.split(" ", -1);
        if (!words[0].equals(GOOD)) {
            throw new IllegalStateException(line);
        }
        Map<String, Double> values = new LinkedHashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            values.put(words[i].substring(0, equals), Double.parseDouble(words[i].substring(equals + 1)));
        }
        return new Reading(values);
    }
}

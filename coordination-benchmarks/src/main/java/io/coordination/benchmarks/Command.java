package io.coordination.benchmarks;

import java.time.Duration;

/**
 * What a worker is told to do: one line of text.
 *
 * @param workload the name of the work
 * @param amount how much of it: calls in flight, watchers or keys, as the work understands it
 * @param time how long; zero for work that ends by itself
 */
public record Command(String workload, int amount, Duration time) {

    /** The line that {@link #parse} reads. */
    public String line() {
        return workload + " " + amount + " " + time.toMillis();
    }

    /**
     * The command of a line.
     *
     * @throws IllegalArgumentException when the line is not one of {@link #line()}
     */
    public static Command parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("'" + line + "' is not a command: 'workload amount milliseconds' is");
        }
        return new Command(words[0], Integer.parseInt(words[1]), Duration.ofMillis(Long.parseLong(words[2])));
    }
}

package io.coordination.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Work that all peers do in turn.
 *
 * @param name the name of its figures
 * @param command what the workers are told
 * @param measures what is reported
 */
record Comparison(String name, Command command, List<Measure> measures) {

    /**
     * A number of the readings that is reported.
     *
     * @param reading its name there
     * @param label its name in the figure; may be empty
     * @param unit its unit
     * @param better which way is better; absent when no ratio is told
     */
    record Measure(String reading, String label, String unit, Optional<Better> better) {}

    /** Which way is better. */
    enum Better {
        LESS,
        MORE;

        /** How many times better ours is. */
        double ratio(double ours, double theirs) {
            return this == LESS ? theirs / ours : ours / theirs;
        }
    }

    private static final Measure P50 = new Measure("p50", "p50", "us", Optional.of(Better.LESS));
    private static final Measure P99 = new Measure("p99", "p99", "us", Optional.empty());
    private static final Measure CPU = new Measure("cpu", "cpu", "us/call", Optional.empty());
    private static final Measure SERVER = new Measure("server", "server-cpu", "us/call", Optional.empty());
    private static final Measure RATE = new Measure("rate", "", "calls/s", Optional.of(Better.MORE));
    private static final Measure MILLIS = new Measure("ms", "", "ms", Optional.of(Better.LESS));

    /** One caller that waits for each call. */
    static Comparison ofLatency(String workload, Duration turn) {
        return new Comparison(workload, new Command(workload, 1, turn), List.of(P50, P99));
    }

    /** One caller with many calls in flight. */
    static Comparison ofThroughput(String name, String workload, int inFlight, Duration turn) {
        return new Comparison(
                name + ".inflight" + inFlight, new Command(workload, inFlight, turn), List.of(RATE, CPU, SERVER));
    }

    /** From a put to the last watcher. */
    static Comparison ofFanOut(int watchers, Duration turn) {
        return new Comparison(
                "watch.fanout" + watchers, new Command("watch.fanout", watchers, turn), List.of(P50, P99));
    }

    /** Reading a prefix until it is followed. */
    static Comparison ofMirror(int keys) {
        return new Comparison("mirror.load" + keys, new Command("mirror.load", keys, Duration.ZERO), List.of(MILLIS));
    }

    /** The same work for another time. */
    Command lasting(Duration time) {
        return new Command(command.workload(), command.amount(), command.time().isZero() ? Duration.ZERO : time);
    }
}

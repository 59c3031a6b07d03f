package io.coordination.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Work that all peers do in turn.
 *
 * @param name the name of its figures
 * @param command what the workers are told
 * @param measures what is reported
 * @param withBest whether ours is compared with the best of the others, too
 */
record Comparison(String name, Command command, List<Measure> measures, boolean withBest) {

    Comparison(String name, Command command, List<Measure> measures) {
        this(name, command, measures, false);
    }

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

        /** The best of several numbers. */
        double best(DoubleStream values) {
            return (this == LESS ? values.min() : values.max()).orElseThrow();
        }

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
    private static final Measure CYCLES = new Measure("rate", "", "cycles/s", Optional.of(Better.MORE));
    private static final Measure CYCLE_P50 = new Measure("p50", "p50", "us", Optional.empty());
    private static final Measure HOLDS = new Measure("rate", "", "holds/s", Optional.of(Better.MORE));
    private static final Measure LEAST = new Measure("least", "least-share", "of-fair", Optional.empty());
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

    /** Callers that take locks of their own, one after the other. */
    static Comparison ofCycles(String name, Duration turn) {
        return new Comparison(name, new Command("cycle", 1, turn), List.of(CYCLES, CYCLE_P50, P99, CPU));
    }

    /** Many cycles in flight, each on another lock. */
    static Comparison ofDistinctLocks(String name, int inFlight, Duration turn) {
        return new Comparison(name, new Command("distinct", inFlight, turn), List.of(CYCLES, CPU));
    }

    /** Threads of one JVM that want the same lock. */
    static Comparison ofThreads(int threads, Duration turn) {
        return new Comparison(
                "threads" + threads, new Command("contend", threads, turn), List.of(HOLDS, P99, CPU), true);
    }

    /** JVMs that want the same lock, with one thread each. */
    static Comparison ofJvms(int jvms, Duration turn) {
        return new Comparison("jvms" + jvms, new Command("contend", 1, turn), List.of(HOLDS, LEAST, CPU), true);
    }

    /** Threads of one JVM that share a read-write lock and mostly read. */
    static Comparison ofReaders(int threads, Duration turn) {
        return new Comparison(
                "readmostly" + threads, new Command("readmostly", threads, turn), List.of(HOLDS, P99, CPU));
    }

    /** The same work for another time. */
    Command lasting(Duration time) {
        return new Command(command.workload(), command.amount(), command.time().isZero() ? Duration.ZERO : time);
    }
}

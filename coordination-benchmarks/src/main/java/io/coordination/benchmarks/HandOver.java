package io.coordination.benchmarks;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How long nobody has a lock after its holder released it or was killed, while another process waits for it. */
final class HandOver {

    /** Long enough for a waiter to be in the queue and, where a library does that, to watch. */
    private static final Duration UNTIL_IT_WAITS = Duration.ofMillis(150);

    private static final Duration USUAL = Duration.ofSeconds(30);
    private static final List<LockWay> WAYS =
            List.of(LockWay.CLOSE, LockWay.JETCD, LockWay.CURATOR, LockWay.REDISSON, LockWay.REDISSON_FAIR);

    private final Bench.Setting setting;
    private final LockScale scale;
    private final Report report;

    // Locks have numbers: one that was somebody's before is not used again.
    private int locks;

    HandOver(Bench.Setting setting, LockScale scale, Report report) {
        this.setting = setting;
        this.scale = scale;
        this.report = report;
    }

    /** Measures both; the workers must have two JVMs of each library. */
    void measure(String suite, LockWorkers workers) {
        setting.progress("Handing over after a release");
        Map<Peer, List<Double>> released = new EnumMap<>(Peer.class);
        for (int round = 0; round < setting.scale().rounds() * scale.handOvers(); round++) {
            WAYS.forEach(way -> add(released, way, afterRelease(workers.some(way, 2))));
        }
        tell(suite + ".handover.close", released, "ms");
        setting.progress("Handing over after a kill");
        Map<Peer, List<Double>> killed = new EnumMap<>(Peer.class);
        for (int kill = 0; kill < scale.kills(); kill++) {
            afterKill(workers).forEach((way, millis) -> add(killed, way, millis));
        }
        tell(suite + ".handover.kill", killed, "ms");
    }

    private static void add(Map<Peer, List<Double>> all, LockWay way, double millis) {
        all.merge(
                way.peer(),
                List.of(millis),
                (before, now) -> Stream.concat(before.stream(), now.stream()).toList());
    }

    private void tell(String name, Map<Peer, List<Double>> readings, String unit) {
        readings.forEach((peer, values) -> report.add(new Figure(name, "", peer, new Series(values).median(), unit)));
        Comparison.Measure measure = new Comparison.Measure("", "", unit, Optional.empty());
        Series ours = new Series(readings.getOrDefault(Peer.OURS, List.of()));
        readings.forEach((peer, values) -> {
            if (peer != Peer.OURS) {
                report.add(Ratio.of(name, measure, peer.label(), ours, new Series(values), Comparison.Better.LESS));
            }
        });
    }

    private double afterRelease(List<Contender> pair) {
        Command take = new Command("take", locks++, USUAL);
        pair.get(0).ask(take);
        CompletableFuture<Reading> taken = waiting(pair.get(1), take);
        double left = pair.get(0).ask(new Command("leave", 0, Duration.ZERO)).get("at");
        double at = Calls.await(taken).get("at");
        pair.get(1).ask(new Command("leave", 0, Duration.ZERO));
        return at - left;
    }

    private CompletableFuture<Reading> waiting(Contender waiter, Command take) {
        CompletableFuture<Reading> taken = Group.asking(waiter, take);
        Pause.of(UNTIL_IT_WAITS);
        if (taken.isDone()) {
            throw new IllegalStateException(waiter.peer() + " has a lock that another process holds: " + taken);
        }
        return taken;
    }

    /** All at once: the time is spent waiting. */
    private Map<LockWay, Double> afterKill(LockWorkers workers) {
        Command take = new Command("take", locks++, scale.killedTtl());
        List<WorkerProcess> holders = WAYS.stream()
                .map(way -> setting.start(
                        way.peer().library(), WorkerProcess.SMALL, way.peer().label() + "-killed"))
                .toList();
        IntStream.range(0, WAYS.size())
                .forEach(i -> as(WAYS.get(i), holders.get(i)).ask(take));
        List<CompletableFuture<Reading>> taken =
                WAYS.stream().map(way -> waiting(workers.one(way), take)).toList();
        List<Double> ends = holders.stream().map(HandOver::kill).toList();
        return IntStream.range(0, WAYS.size()).boxed().collect(Collectors.toMap(WAYS::get, i -> {
            double at = Calls.await(taken.get(i)).get("at");
            workers.one(WAYS.get(i)).ask(new Command("leave", 0, Duration.ZERO));
            return at - ends.get(i);
        }));
    }

    private static Contender as(LockWay way, WorkerProcess worker) {
        return new PeerAtWork(way.peer(), worker, way.name());
    }

    private static double kill(WorkerProcess holder) {
        double at = System.nanoTime() / 1e6;
        holder.kill();
        return at;
    }
}

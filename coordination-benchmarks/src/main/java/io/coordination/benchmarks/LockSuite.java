package io.coordination.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Locks: alone, wanted by many threads and JVMs, handed over, and held in great number, against those of others. */
final class LockSuite implements Suite {

    private static final List<Integer> THREADS = List.of(8, 64);
    private static final int IN_FLIGHT = 64;
    private static final int READERS = 8;

    @Override
    public String name() {
        return "lock";
    }

    @Override
    public Report run(Bench.Setting setting) {
        LockScale scale = setting.isQuick() ? LockScale.QUICK : LockScale.FULL;
        Report report = new Report();
        try (LockWorkers workers = new LockWorkers(setting, scale.mostJvms())) {
            Rounds rounds = new Rounds(matches(workers, scale, setting.scale().turn()));
            rounds.run(setting.scale(), setting::progress);
            rounds.tell(name(), report);
            alone(workers, setting, report);
            new HandOver(setting, scale, report).measure(name(), workers);
        }
        // In JVMs of their own: nothing that happened before is in the heap or renews.
        new HeldCost(setting, scale.held(), report).measure(name());
        return report;
    }

    private static List<Rounds.Match> matches(LockWorkers workers, LockScale scale, Duration turn) {
        List<Rounds.Match> all = new ArrayList<>();
        all.add(match(workers, Comparison.ofCycles("uncontended", turn), LockWay.CLOSE, LockWay.PEERS));
        all.add(match(
                workers, Comparison.ofCycles("sync", turn), LockWay.UNLOCK, List.of(LockWay.JETCD, LockWay.REDISSON)));
        List<LockWay> distinct = List.of(LockWay.JETCD, LockWay.JETCD_SHARED, LockWay.CURATOR, LockWay.REDISSON);
        all.add(match(workers, Comparison.ofDistinctLocks("distinct64", IN_FLIGHT, turn), LockWay.CLOSE, distinct));
        all.add(match(
                workers,
                Comparison.ofDistinctLocks("distinct64.grouped", IN_FLIGHT, turn),
                LockWay.GROUPED,
                List.of(LockWay.JETCD)));
        for (int threads : THREADS) {
            all.add(match(workers, Comparison.ofThreads(threads, turn), LockWay.CLOSE, LockWay.PEERS));
        }
        List<LockWay> readWrite = List.of(LockWay.CURATOR, LockWay.REDISSON);
        all.add(match(workers, Comparison.ofReaders(READERS, turn), LockWay.CLOSE, readWrite));
        for (int jvms : scale.jvms()) {
            all.add(new Rounds.Match(
                    Comparison.ofJvms(jvms, scale.contended()),
                    ways(LockWay.CLOSE, LockWay.PEERS)
                            .map(way -> new Group(workers.some(way, jvms)))
                            .toList()));
        }
        return all;
    }

    private static Rounds.Match match(LockWorkers workers, Comparison comparison, LockWay ours, List<LockWay> peers) {
        return new Rounds.Match(comparison, ways(ours, peers).map(workers::one).toList());
    }

    private static Stream<LockWay> ways(LockWay ours, List<LockWay> peers) {
        return Stream.concat(Stream.of(ours), peers.stream());
    }

    /** What only ours does. */
    private void alone(LockWorkers workers, Bench.Setting setting, Report report) {
        setting.progress("Renewing a held lock, and taking one that stayed");
        Contender ours = workers.one(LockWay.CLOSE);
        double renewed = median(ours, "renew", "p50", setting.scale());
        report.add(new Figure("watchdog", "renew.p50.us", Peer.OURS, renewed, "us"));
        double retained = median(ours, "retained", "ns", setting.scale());
        report.add(new Figure(name(), "retained.ns", Peer.OURS, retained, "ns"));
    }

    private static double median(Contender contender, String workload, String number, Scale scale) {
        contender.ask(new Command(workload, 1, scale.warmUp()));
        Command turn = new Command(workload, 1, scale.turn());
        return Series.of(
                        Stream.generate(() -> contender.ask(turn))
                                .limit(scale.rounds())
                                .toList(),
                        number)
                .median();
    }
}

package io.coordination.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The store client: single calls, calls in flight, watches, mirrors and renewals, against jetcd. */
final class StoreSuite implements Suite {

    private static final List<String> LATENCIES = List.of("get.linearizable", "get.serializable", "put", "txn");
    private static final List<Integer> IN_FLIGHT = List.of(64, 256);

    @Override
    public String name() {
        return "store";
    }

    @Override
    public Report run(Bench.Setting setting) {
        Scale scale = setting.scale();
        Report report = new Report();
        String etcd = setting.servers().address("etcd");
        try (WorkerProcess oursWorker = setting.start(Library.OURS);
                WorkerProcess jetcdWorker = setting.start(Library.JETCD)) {
            Contender ours = new PeerAtWork(Peer.OURS, oursWorker);
            Contender jetcd = new PeerAtWork(Peer.JETCD, jetcdWorker);
            setting.progress("Making keys");
            for (int keys : List.of(scale.smallMirror(), scale.largeMirror())) {
                ours.ask(new Command("seed", keys, Duration.ZERO));
            }
            Rounds rounds =
                    Rounds.of(List.of(new ServerCost(ours, etcd), new ServerCost(jetcd, etcd)), comparisons(scale));
            rounds.run(scale, setting::progress);
            rounds.tell(name(), report);

            setting.progress("Reading a mirror");
            Reading read = ours.ask(new Command("mirror.read", scale.smallMirror(), scale.turn()));
            report.add(new Figure(name() + ".mirror.read", "", Peer.OURS, read.get("ns"), "ns"));

            setting.progress("Holding keys");
            RenewalCost cost = new RenewalCost(etcd, scale.holding(), report);
            cost.measure(name(), ours, scale.holding().keys());
            cost.measure(name(), jetcd, scale.holding().keysWithOwnLease());
        }
        return report;
    }

    private static List<Comparison> comparisons(Scale scale) {
        List<Comparison> all = new ArrayList<>();
        LATENCIES.forEach(workload -> all.add(Comparison.ofLatency(workload, scale.turn())));
        for (int inFlight : IN_FLIGHT) {
            all.add(Comparison.ofThroughput("get", "get.linearizable", inFlight, scale.turn()));
            all.add(Comparison.ofThroughput("put", "put", inFlight, scale.turn()));
            all.add(Comparison.ofThroughput("txn", "txn", inFlight, scale.turn()));
            all.add(Comparison.ofThroughput("txn.grouped", "txn.grouped", inFlight, scale.turn()));
        }
        all.add(Comparison.ofFanOut(scale.watchers(), scale.turn()));
        all.add(Comparison.ofMirror(scale.smallMirror()));
        all.add(Comparison.ofMirror(scale.largeMirror()));
        return all;
    }
}

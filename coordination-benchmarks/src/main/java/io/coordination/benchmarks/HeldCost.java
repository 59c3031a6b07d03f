package io.coordination.benchmarks;

import java.time.Duration;

/** What it costs to hold many locks while nothing happens: heap, processor time, messages, and renewals of leases. */
final class HeldCost {

    private static final double MINUTE = Duration.ofMinutes(1).toMillis();

    private final Bench.Setting setting;
    private final LockScale.Held held;
    private final Report report;

    HeldCost(Bench.Setting setting, LockScale.Held held, Report report) {
        this.setting = setting;
        this.held = held;
        this.report = report;
    }

    /** Measures all, one after the other: each has the machine and the server's counters for itself. */
    void measure(String suite) {
        measure(suite, LockWay.CLOSE, held.locks());
        measure(suite, LockWay.JETCD, held.locksWithOwnLease());
        measure(suite, LockWay.JETCD_SHARED, held.locks());
        measure(suite, LockWay.CURATOR, held.locks());
        measure(suite, LockWay.REDISSON, held.locks());
    }

    private void measure(String suite, LockWay way, int locks) {
        setting.progress("Holding " + locks + " locks: " + way.peer().label());
        String name = suite + ".held" + (locks == 10_000 ? "10k" : Integer.toString(locks));
        try (WorkerProcess worker = setting.start(
                way.peer().library(), WorkerProcess.LARGE, way.peer().label() + "-holding")) {
            Contender contender = new PeerAtWork(way.peer(), worker, way.name());
            ServerCounters start = leases(way);
            contender.ask(new Command("hold", locks, held.ttl()));
            Pause.of(held.settling());
            add(name, "bytes", way, ask(contender, "heap", "bytes"), "bytes/lock");
            ServerCounters before = leases(way);
            double messagesBefore = messages(way);
            double cpuBefore = ask(contender, "cpu", "ms");
            long begin = System.nanoTime();
            Pause.of(held.watched());
            double cpu = ask(contender, "cpu", "ms") - cpuBefore;
            double messages = messages(way) - messagesBefore;
            ServerCounters counted = leases(way).since(before);
            // A busy machine watches for longer than it was told.
            double millis = (System.nanoTime() - begin) / 1e6;
            add(name, "cpu", way, cpu * MINUTE / millis, "ms/minute");
            add(name, "messages", way, messages * MINUTE / millis, "per-minute");
            if (countsLeases(way)) {
                renewals(name, way, before.since(start).leases(), counted.renewals() / millis);
            }
            contender.ask(new Command("release", 0, Duration.ZERO));
        }
    }

    private void renewals(String name, LockWay way, double leases, double renewalsPerMilli) {
        add(name, "leases", way, leases, "leases");
        double perTtl = renewalsPerMilli * held.ttl().toMillis() / leases;
        add(name, "renewals-per-ttl", way, perTtl, "per-lease");
    }

    private static boolean countsLeases(LockWay way) {
        return way.peer().library().server().equals("etcd");
    }

    private ServerCounters leases(LockWay way) {
        return countsLeases(way) ? ServerCounters.read(setting.servers().address("etcd")) : ServerCounters.NOTHING;
    }

    private double messages(LockWay way) {
        String server = way.peer().library().server();
        return MessageCount.read(server, setting.servers().address(server));
    }

    private static double ask(Contender contender, String workload, String number) {
        return contender.ask(new Command(workload, 0, Duration.ZERO)).get(number);
    }

    private void add(String name, String measure, LockWay way, double value, String unit) {
        report.add(new Figure(name, measure, way.peer(), value, unit));
    }
}

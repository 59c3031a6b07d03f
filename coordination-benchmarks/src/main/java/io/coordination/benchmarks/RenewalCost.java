package io.coordination.benchmarks;

import java.time.Duration;

/** What it costs to hold keys while nothing happens: renewals, messages, bytes and processor time. */
final class RenewalCost {

    private static final double MINUTE = Duration.ofMinutes(1).toMillis();

    private final String endpoint;
    private final Scale.Holding holding;
    private final Report report;

    RenewalCost(String endpoint, Scale.Holding holding, Report report) {
        this.endpoint = endpoint;
        this.holding = holding;
        this.report = report;
    }

    /** Lets a worker hold keys, counts at the server for a while, and lets go. */
    void measure(String suite, Contender worker, int keys) {
        double leases = worker.ask(new Command("hold", keys, holding.ttl())).get("leases");
        Pause.of(holding.settling());
        ServerCounters before = ServerCounters.read(endpoint);
        double cpuBefore = cpu(worker);
        Pause.of(holding.watched());
        double cpu = cpu(worker) - cpuBefore;
        ServerCounters counted = ServerCounters.read(endpoint).since(before);
        worker.ask(new Command("release", keys, Duration.ZERO));

        String name = suite + ".renewal.keys" + keys;
        double perMinute = MINUTE / holding.watched().toMillis();
        double ttls = (double) holding.watched().toMillis() / holding.ttl().toMillis();
        add(name, "leases", worker.peer(), leases, "leases");
        add(name, "renewals", worker.peer(), counted.renewals() / leases / ttls, "per-lease-and-TTL");
        add(name, "messages", worker.peer(), counted.messages() * perMinute, "per-minute");
        add(name, "bytes", worker.peer(), counted.bytes() * perMinute, "per-minute");
        add(name, "cpu", worker.peer(), cpu * perMinute, "ms/minute");
    }

    private void add(String name, String measure, Peer peer, double value, String unit) {
        report.add(new Figure(name, measure, peer, value, unit));
    }

    private static double cpu(Contender worker) {
        return worker.ask(new Command("cpu", 0, Duration.ZERO)).get("ms");
    }
}

package io.coordination.tests.consistency;

import io.coordination.testkit.EtcdCluster;
import io.coordination.tests.chaos.ServerRules;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** All strands of a run on all its clients. */
final class Workload implements AutoCloseable {

    private static final List<String> PREFIXES = List.of(Names.ROOT, Names.REGISTERS, Names.GROUPS, Names.LEASED);

    private final Histories histories;
    private final Strands strands;
    private final Compactions compactions;
    private final List<Mirrored> mirrors;
    private final List<OnceWrites> onceWrites;
    private final List<Leases> leases;
    private final List<SessionKeys> sessions;
    private final List<Settings> settings;
    private final List<Instances> instances;

    Workload(
            List<Client> clients,
            EtcdCluster cluster,
            AtomicLong newest,
            ServerRules rules,
            Findings findings,
            long seed) {
        Names names = new Names();
        histories = new Histories(findings);
        strands = new Strands(findings, seed);
        compactions = new Compactions(cluster, newest::get, rules.compactionDistance(), findings);
        mirrors = clients.stream()
                .flatMap(client -> PREFIXES.stream().map(prefix -> new Mirrored(client, prefix, histories, findings)))
                .toList();
        onceWrites =
                clients.stream().map(client -> new OnceWrites(client, names)).toList();
        leases = clients.stream()
                .map(client -> new Leases(client, names, findings))
                .toList();
        sessions = clients.stream()
                .map(client -> new SessionKeys(client, findings, rules.leasesAreTrusted()))
                .toList();
        settings = clients.stream()
                .map(client -> new Settings(client, names, findings))
                .toList();
        instances = clients.stream().map(client -> new Instances(client, names)).toList();
        clients.forEach(client -> {
            start(20, new Registers(client, histories, names), new Registers(client, histories, names));
            start(40, new Groups(client, names));
        });
        onceWrites.forEach(strand -> start(40, strand));
        leases.forEach(strand -> start(150, strand));
        sessions.forEach(strand -> start(100, strand));
        settings.forEach(strand -> start(100, strand));
        instances.forEach(strand -> start(400, strand));
        start(4_000, compactions);
        start(10, random -> {
            mirrors.forEach(Mirrored::look);
            return CompletableFuture.completedFuture(null);
        });
    }

    private void start(int longestPauseMillis, Strand... together) {
        Stream.of(together).forEach(strand -> strands.start(Duration.ofMillis(longestPauseMillis), strand));
    }

    /** Begins nothing new and waits for what is under way. */
    void stop() throws InterruptedException {
        strands.stop(Duration.ofSeconds(30));
        leases.forEach(Leases::forgetAll);
    }

    Histories histories() {
        return histories;
    }

    List<Mirrored> mirrors() {
        return mirrors;
    }

    static List<String> prefixes() {
        return PREFIXES;
    }

    List<OnceWrites> onceWrites() {
        return onceWrites;
    }

    List<Leases> leases() {
        return leases;
    }

    List<SessionKeys> sessions() {
        return sessions;
    }

    List<Settings> settings() {
        return settings;
    }

    List<Instances> instances() {
        return instances;
    }

    @Override
    public void close() {
        strands.close();
        compactions.close();
        settings.forEach(Settings::close);
        mirrors.forEach(Mirrored::close);
    }
}

package io.coordination.tests.consistency;

import io.coordination.testkit.EtcdCluster;
import io.coordination.tests.chaos.Chaos;
import io.coordination.tests.chaos.FaultPlan;
import io.coordination.tests.chaos.ServerRules;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: a cluster, clients behind proxies, random operations and random faults for a while, then peace, then the checks.
 *
 * <p>The seed decides which operations each strand begins in which order, and which faults happen when. The network and the
 * scheduler decide the rest, so that a replay meets the same faults, not necessarily the same interleaving.
 */
final class ConsistencyRun {

    private static final Logger log = LoggerFactory.getLogger(ConsistencyRun.class);
    private static final int CLIENTS = 3;
    private static final int MEMBERS = 3;
    /** Servers on busy cores must not elect by themselves. */
    private static final Duration HEARTBEAT = Duration.ofMillis(300);

    private static final Duration ELECTION = Duration.ofSeconds(3);

    private final String version;
    private final long seed;
    private final Duration length;
    private final Findings findings = new Findings();
    private final Calls calls = new Calls(findings);

    ConsistencyRun(String version, long seed, Duration length) {
        this.version = version;
        this.seed = seed;
        this.length = length;
    }

    /**
     * Runs and checks.
     *
     * @throws AssertionError when a promise was broken; the message says how to do the same again
     */
    void run() throws InterruptedException {
        FaultPlan plan = FaultPlan.random(seed, length, CLIENTS, MEMBERS);
        log.atInfo().addKeyValue("etcd", version).addKeyValue("seed", seed).log("Consistency run begins");
        Threads threads = Threads.now();
        LogWatch logs = new LogWatch(findings);
        try (EtcdCluster cluster = EtcdCluster.builder()
                        .version(version)
                        .members(MEMBERS)
                        .timing(HEARTBEAT, ELECTION)
                        .start();
                Chaos chaos = new Chaos(cluster, CLIENTS)) {
            runOn(cluster, chaos, plan);
        } finally {
            logs.close();
        }
        calls.checkNoneOpen();
        threads.checkNoneLeft(findings);
        log.atInfo()
                .addKeyValue("etcd", version)
                .addKeyValue("seed", seed)
                .addKeyValue("counts", findings.counts())
                .log("Consistency run ended");
        report(plan);
    }

    private void runOn(EtcdCluster cluster, Chaos chaos, FaultPlan plan) throws InterruptedException {
        AtomicLong newest = new AtomicLong();
        List<Client> clients = IntStream.range(0, CLIENTS)
                .mapToObj(number -> new Client(number, chaos.endpoints(number), calls, newest))
                .toList();
        ServerRules rules = ServerRules.of(cluster.version());
        try (Workload workload = new Workload(clients, cluster, newest, rules, findings, seed)) {
            chaos.play(plan);
            findings.awaitFirst(length);
            calls.checkOpen();
            chaos.heal();
            workload.stop();
            if (findings.broken().isEmpty()) {
                try (Client observer = new Client(CLIENTS, cluster.endpoints(), calls, newest)) {
                    new FinalChecks(workload, observer, rules, findings).check();
                }
            }
        } finally {
            clients.forEach(Client::close);
        }
    }

    private void report(FaultPlan plan) {
        if (!findings.broken().isEmpty()) {
            throw new AssertionError(String.format(
                    "%s%n%nPlanned faults:%n%s%n%nTo do the same again:%n  mvn verify -Pintegration -pl coordination-tests -am "
                            + "-DskipUnitTests=true -Dit.test=ConsistencyEtcd%sIT -Dfailsafe.failIfNoSpecifiedTests=false "
                            + "-Dconsistency.seed=%d -Dconsistency.seconds=%d%n",
                    String.join("\n\n", findings.broken()), plan, version.replace(".", ""), seed, length.toSeconds()));
        }
    }
}

package io.coordination.tests.lockchaos;

import io.coordination.CoordinatorOptions;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.LockHistory;
import io.coordination.tests.chaos.Chaos;
import io.coordination.tests.chaos.ServerRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: a cluster of three, processes that use locks, faults for a while, then peace, then the checks.
 *
 * <p>The seed decides which faults happen when, and what the threads of the processes ask for; the network and the scheduler
 * decide the rest.
 */
final class LockChaosRun {

    private static final Logger log = LoggerFactory.getLogger(LockChaosRun.class);
    private static final int MEMBERS = 3;
    private static final Duration TTL = Duration.ofSeconds(10);
    /** Servers on busy cores must not elect by themselves. */
    private static final Duration HEARTBEAT = Duration.ofMillis(300);

    private static final Duration ELECTION = Duration.ofSeconds(3);
    private static final Duration LONGEST_FINISH = Duration.ofMinutes(2);

    private final String version;
    private final long seed;
    private final Duration length;
    private final int processCount;
    private final FaultScope scope;
    private final LockChaosPlan plan;

    LockChaosRun(String version, long seed, Duration length, int processCount, FaultScope scope) {
        this.version = version;
        this.seed = seed;
        this.length = length;
        this.processCount = processCount;
        this.scope = scope;
        this.plan = LockChaosPlan.random(seed, scope, TTL, length, processCount, MEMBERS);
    }

    /**
     * Runs and checks.
     *
     * @throws AssertionError when a promise was broken; the message says how to do the same again
     */
    void run() throws IOException, InterruptedException {
        log.atInfo()
                .addKeyValue("etcd", version)
                .addKeyValue("seed", seed)
                .addKeyValue("faults", scope)
                .log("Lock chaos run begins");
        Path folder = Files.createTempDirectory("lock-chaos-");
        try (EtcdCluster cluster = EtcdCluster.builder()
                .version(version)
                .members(MEMBERS)
                .timing(HEARTBEAT, ELECTION)
                .start()) {
            report(check(cluster, runOn(cluster, folder)));
        } finally {
            delete(folder);
        }
    }

    private History runOn(EtcdCluster cluster, Path folder) throws IOException, InterruptedException {
        List<UserProcess> processes = new ArrayList<>();
        try (Chaos chaos = new Chaos(cluster, processCount)) {
            for (int number = 0; number < processCount; number++) {
                UserSettings settings = new UserSettings(
                        chaos.endpoints(number), folder.resolve("journal"), seed + 1_000L * number, TTL);
                processes.add(new UserProcess(number, settings));
            }
            play(chaos, processes);
            return finish(processes);
        } finally {
            processes.forEach(UserProcess::close);
        }
    }

    private void play(Chaos chaos, List<UserProcess> processes) {
        try (Nemesis nemesis = new Nemesis()) {
            chaos.play(plan.network());
            nemesis.play(processes, plan.processes());
            nemesis.last(length);
        }
        chaos.heal();
    }

    private History finish(List<UserProcess> processes) throws IOException, InterruptedException {
        processes.forEach(UserProcess::finish);
        long begin = System.nanoTime();
        History history = new History();
        for (UserProcess process : processes) {
            boolean ended = process.awaitEnd(LONGEST_FINISH.minusNanos(System.nanoTime() - begin));
            if (!ended) {
                history.broken(process + " did not finish within " + LONGEST_FINISH.toSeconds() + " s");
            }
            history.add(process.history(ended));
        }
        return history;
    }

    private History check(EtcdCluster cluster, History history) {
        if (history.observations().isEmpty() || history.increments().isEmpty()) {
            history.broken("nobody ever got a lock: the run proves nothing");
        }
        LockHistory holds = LockHistory.of(history.observations());
        holds.sharedTokens().forEach(history::broken);
        if (scope == FaultScope.CLIENTS || ServerRules.of(cluster.version()).leasesAreTrusted()) {
            holds.overlaps().forEach(history::broken);
        }
        try (TimeSource time = TimeSource.system("lock-chaos");
                Store store = new EtcdStoreProvider()
                        .open(
                                CoordinatorOptions.builder()
                                        .endpoints(cluster.endpoints())
                                        .build(),
                                time)) {
            new GuardedWrites(history.increments(), GuardedCounter.writes(store), GuardedCounter.counters(store))
                    .violations()
                    .forEach(history::broken);
        }
        String left = cluster.etcdctl("get", "--prefix", "/" + UserSettings.NAMESPACE + "/", "--keys-only")
                .strip();
        if (!left.isEmpty()) {
            history.broken("keys were left behind: " + left);
        }
        log.atInfo()
                .addKeyValue("etcd", version)
                .addKeyValue("seed", seed)
                .addKeyValue("holds", holds.holds())
                .addKeyValue("counts", history.counts())
                .log("Lock chaos run ended");
        return history;
    }

    private void report(History history) {
        List<String> broken = history.broken();
        if (!broken.isEmpty()) {
            throw new AssertionError(String.format(
                    "%s%n%nPlanned faults:%n%s%n%nTo do the same again:%n  mvn verify -Pintegration -pl coordination-tests -am "
                            + "-DskipUnitTests=true -Dit.test=LockChaosEtcd%sIT -Dfailsafe.failIfNoSpecifiedTests=false "
                            + "-Dlockchaos.seed=%d -Dlockchaos.seconds=%d -Dlockchaos.processes=%d -Dlockchaos.faults=%s%n",
                    String.join("\n\n", broken.subList(0, Math.min(20, broken.size()))),
                    plan,
                    version.replace(".", ""),
                    seed,
                    length.toSeconds(),
                    processCount,
                    scope));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

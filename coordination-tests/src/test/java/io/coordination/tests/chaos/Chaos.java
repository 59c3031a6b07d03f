package io.coordination.tests.chaos;

import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdMember;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does to a cluster, and to the connections of several clients, what a {@link FaultPlan} says. Each client has a proxy of its
 * own in front of each member, so that its partitions are its own.
 *
 * <pre>{@code
 * try (Chaos chaos = new Chaos(cluster, 3)) {
 *     connect(chaos.endpoints(0));
 *     chaos.play(FaultPlan.random(seed, Duration.ofSeconds(30), 3, 3));
 *     // …
 *     chaos.heal();
 * }
 * }</pre>
 *
 * <p>While a plan is played nobody else may touch members. {@link #play}, {@link #heal} and {@link #close} are for one thread.
 */
public final class Chaos implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Chaos.class);

    private final EtcdCluster cluster;
    private final List<List<FaultProxy>> proxies;
    private final ExecutorService threads;
    private final List<CompletableFuture<Void>> playing = new ArrayList<>();
    private CountDownLatch over = new CountDownLatch(1);

    /** Proxies between a number of clients and all members of a running cluster; no faults yet. */
    public Chaos(EtcdCluster cluster, int clients) {
        this.cluster = cluster;
        this.proxies = IntStream.range(0, clients)
                .mapToObj(client -> cluster.members().stream()
                        .map(member -> FaultProxy.to(member.clientUri()))
                        .toList())
                .toList();
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "chaos");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What one client, counted from 0, takes for the addresses of the members. */
    public List<String> endpoints(int client) {
        return proxies.get(client).stream().map(proxy -> proxy.uri().toString()).toList();
    }

    /** Begins to play a plan and returns. */
    public void play(FaultPlan plan) {
        over = new CountDownLatch(1);
        long start = System.nanoTime();
        playing.add(CompletableFuture.runAsync(() -> playMembers(plan.members(), start), threads));
        for (int client = 0; client < plan.clients().size(); client++) {
            List<PlannedFault> faults = plan.clients().get(client);
            List<FaultProxy> own = proxies.get(client);
            playing.add(CompletableFuture.runAsync(() -> playClient(own, faults, start), threads));
        }
    }

    /** Ends the plan, all its faults included, and waits until every member is healthy. */
    public void heal() {
        over.countDown();
        playing.forEach(CompletableFuture::join);
        playing.clear();
        cluster.members().forEach(EtcdMember::start);
        cluster.members().forEach(EtcdMember::awaitHealthy);
        proxies.forEach(own -> own.forEach(FaultProxy::heal));
    }

    /** Ends the plan, faults of members included, and closes the proxies. */
    @Override
    public void close() {
        over.countDown();
        playing.forEach(play -> play.handle((done, failure) -> null).join());
        threads.shutdownNow();
        proxies.forEach(own -> own.forEach(FaultProxy::close));
    }

    /** Waits until a moment of the plan; false when the plan was ended before. */
    private boolean await(Duration moment, long start) {
        try {
            return !over.await(start + moment.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void playMembers(List<PlannedFault> faults, long start) {
        for (PlannedFault fault : faults) {
            if (!await(fault.begin(), start)) {
                return;
            }
            List<EtcdMember> met = met(fault);
            log.atDebug()
                    .addKeyValue("fault", fault)
                    .addKeyValue("members", met)
                    .log("A fault begins");
            met.forEach(member -> harm(member, fault.kind()));
            await(fault.end(), start);
            met.forEach(member -> restore(member, fault.kind()));
        }
    }

    private List<EtcdMember> met(PlannedFault fault) {
        return switch (fault.kind()) {
            case KILL_LEADER, PAUSE_LEADER -> leader();
            default -> fault.members().stream().map(cluster::member).toList();
        };
    }

    /** Nobody, when an election takes too long on a busy machine. */
    private List<EtcdMember> leader() {
        try {
            return List.of(cluster.leader());
        } catch (IllegalStateException noLeader) {
            log.atInfo().setCause(noLeader).log("There is no leader to harm");
            return List.of();
        }
    }

    private static void harm(EtcdMember member, PlannedFault.Kind kind) {
        switch (kind) {
            case PAUSE, PAUSE_LEADER -> member.pause();
            default -> member.kill();
        }
    }

    private static void restore(EtcdMember member, PlannedFault.Kind kind) {
        switch (kind) {
            case PAUSE, PAUSE_LEADER -> member.resume();
            default -> member.start();
        }
    }

    private void playClient(List<FaultProxy> own, List<PlannedFault> faults, long start) {
        for (PlannedFault fault : faults) {
            if (!await(fault.begin(), start)) {
                return;
            }
            log.atDebug().addKeyValue("fault", fault).log("A fault begins");
            List<FaultProxy> met = fault.members().stream().map(own::get).toList();
            met.forEach(proxy -> harm(proxy, fault));
            await(fault.end(), start);
            met.forEach(FaultProxy::heal);
        }
    }

    private static void harm(FaultProxy proxy, PlannedFault fault) {
        switch (fault.kind()) {
            case CUT -> proxy.cut();
            case REFUSE -> proxy.refuse();
            case PARTITION -> proxy.disconnect();
            case DELAY -> proxy.delay(Duration.ofMillis(20 + fault.length().toMillis() % 200));
            case HALF_OPEN -> proxy.halfOpen();
            case SWALLOW_ANSWERS -> proxy.swallowAnswers();
            default -> throw new IllegalArgumentException(fault.kind() + " is no fault of a connection");
        }
    }
}

package io.coordination.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The work of the suite {@code lock}, on locks of this JVM. */
@Timeout(60)
class LockWorkTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration TTL = Duration.ofSeconds(9);

    private volatile boolean closed;
    private final Set<Duration> opened = new HashSet<>();
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final LockClients clients = new LockClients(ttl -> {
        opened.add(ttl);
        return new JvmLocks();
    });
    private final Map<String, Workload> workloads = LockWorkloads.of("here", clients);

    private Reading run(String workload, int amount, Duration time) {
        Command command = new Command(LockWorkloads.name("here", workload), amount, time);
        return workloads.get(command.workload()).run(command);
    }

    @Test
    void nothingIsOpenedThatIsNotUsed() {
        assertThat(opened).isEmpty();
        assertThat(run("cpu", 0, Duration.ZERO).get("ms")).isPositive();
        assertThat(opened).isEmpty();
    }

    @Test
    void cyclesWalkOverNamesOfTheirWay() {
        Reading reading = run("cycle", 1, SHORT);

        assertThat(names).hasSizeGreaterThan(10).allMatch(name -> name.startsWith("here-"));
        assertThat(reading.get("rate") * 0.1).isLessThanOrEqualTo(reading.get("calls") * 1.01);
        assertThat(reading.get("p50")).isLessThanOrEqualTo(reading.get("p99"));
    }

    @Test
    void threadsFightForOneLock() {
        Reading reading = run("contend", 8, SHORT);

        assertThat(names).hasSize(1);
        assertThat(reading.get("calls")).isPositive();
    }

    @Test
    void aLockThatLetsTwoInIsNoFigure() {
        LockClients open = new LockClients(ttl -> new JvmLocks() {
            @Override
            public Held acquire(String lock) {
                return Thread::yield;
            }
        });
        Workload contend = LockWorkloads.of("here", open).get("here:contend");

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 50; i++) {
                        contend.run(new Command("here:contend", 64, SHORT));
                    }
                })
                .hasStackTraceContaining("held at once what only 1 may hold");
    }

    @Test
    void whoHasNoReadWriteLockSaysSo() {
        assertThatThrownBy(() -> run("readmostly", 2, SHORT)).hasMessageContaining("no read-write lock");
    }

    @Test
    void theBatonGoesFromHandToHand() {
        double at = run("take", 3, TTL).get("at");
        double left = run("leave", 0, Duration.ZERO).get("at");

        assertThat(left).isGreaterThanOrEqualTo(at);
        assertThat(names).containsExactly("here-baton-3");
        assertThat(opened).containsExactly(TTL);
        assertThatThrownBy(() -> run("leave", 0, Duration.ZERO)).hasMessageContaining("nothing is held");
    }

    @Test
    void whatIsHeldIsHeldUntilItsClientCloses() {
        run("hold", 200, TTL);

        assertThat(names).hasSize(232);
        assertThat(run("heap", 0, Duration.ZERO).get("bytes")).isGreaterThan(JvmLocks.HEAP * 0.9);
        assertThat(closed).isFalse();
        run("release", 0, Duration.ZERO);
        assertThat(closed).isTrue();
    }

    @Test
    void moreThreadsThanThereAreAreRefused() {
        assertThatThrownBy(() -> run("contend", 65, SHORT)).hasMessageContaining("65 threads are more than 64");
    }

    @Test
    void aGroupAddsUpWhatItsMembersDo() {
        Reading together = Group.together(List.of(member(300, 30, 10), member(100, 10, 50)));

        assertThat(together.get("rate")).isEqualTo(400);
        assertThat(together.get("calls")).isEqualTo(40);
        assertThat(together.get("cpu")).isEqualTo(20);
        assertThat(together.get("least")).as("half of a fair share").isEqualTo(0.5);
    }

    private static Reading member(double rate, double calls, double cpu) {
        return Reading.of("rate", rate).and("calls", calls).and("cpu", cpu);
    }

    @Test
    void serversHaveNames() {
        Servers servers = Servers.parse("etcd=http://127.0.0.1:2379,redis=redis://127.0.0.1:6379");

        assertThat(servers.address("redis")).isEqualTo("redis://127.0.0.1:6379");
        assertThatThrownBy(() -> servers.address("zookeeper"))
                .hasMessageContaining("the address of zookeeper is missing");
        assertThatThrownBy(() -> Servers.parse("http://127.0.0.1:2379")).hasMessageContaining("is not name=address");
    }

    @Test
    void serversCountMessages() {
        assertThat(MessageCount.redis("# Stats\r\ntotal_connections_received:3\r\ntotal_commands_processed:21\r\n"))
                .isEqualTo(42);
        assertThat(MessageCount.zookeeper("Latency min/avg/max: 0/0.7/9\nReceived: 17\nSent: 16\nConnections: 1\n"))
                .isEqualTo(33);
        assertThatThrownBy(() -> MessageCount.zookeeper("srvr is not executed because it is not in the whitelist."))
                .hasMessageContaining("there is no 'Received:'");
        assertThatThrownBy(() -> MessageCount.read("consul", "127.0.0.1:1")).hasMessageContaining("consul");
    }

    @Test
    void theBestPeerIsTheBestOfEachRound() {
        Series one = new Series(List.of(10.0, 20.0));
        Series other = new Series(List.of(15.0, 5.0));

        assertThat(Series.best(List.of(one, other), Comparison.Better.MORE).values())
                .containsExactly(15.0, 20.0);
        assertThat(Series.best(List.of(one, other), Comparison.Better.LESS).values())
                .containsExactly(10.0, 5.0);
    }

    @Test
    void labelsOfPeersAreWordsOfFigures() {
        assertThat(Stream.of(Peer.values()).map(Peer::label)).allMatch(label -> label.matches("[a-z-]+"));
    }

    /** Locks of threads, each of which takes so much heap that what else comes and goes does not matter. */
    private class JvmLocks implements LockClient {

        private static final int HEAP = 10_000;

        private static final class JvmHeld implements Held {

            private final ReentrantLock lock;
            private final byte[] heap = new byte[HEAP];

            JvmHeld(ReentrantLock lock) {
                this.lock = lock;
            }

            @Override
            public void release() {
                heap[0]++;
                lock.unlock();
            }
        }

        private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

        @Override
        public Held acquire(String lock) {
            names.add(lock);
            ReentrantLock taken = locks.computeIfAbsent(lock, name -> new ReentrantLock());
            taken.lock();
            return new JvmHeld(taken);
        }

        @Override
        public CompletableFuture<?> cycle(String lock) {
            acquire(lock).release();
            return CompletableFuture.completedFuture(lock);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}

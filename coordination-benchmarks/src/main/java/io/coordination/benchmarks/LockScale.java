package io.coordination.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * How long and how much in the suite {@code lock}.
 *
 * @param contended how long a turn takes in which JVMs fight for one lock
 * @param jvms how many JVMs fight, from few to many
 * @param handOvers how often a lock is handed over by a release in each round
 * @param kills how often its holder is killed
 * @param killedTtl the TTL of such a lock
 * @param held what is held for the cost of holding
 */
record LockScale(Duration contended, List<Integer> jvms, int handOvers, int kills, Duration killedTtl, Held held) {

    /**
     * What is held for the cost of holding.
     *
     * @param locks by those who share leases or sessions
     * @param locksWithOwnLease by a peer that makes a lease for each lock
     * @param ttl of the locks
     * @param settling how long nothing is counted
     * @param watched how long messages and processor time are counted
     */
    record Held(int locks, int locksWithOwnLease, Duration ttl, Duration settling, Duration watched) {}

    /** For figures. */
    static final LockScale FULL = new LockScale(
            Duration.ofMillis(1_500),
            List.of(2, 4, 8),
            9,
            5,
            Duration.ofSeconds(3),
            new Held(10_000, 1_000, Duration.ofSeconds(9), Duration.ofSeconds(3), Duration.ofSeconds(18)));

    /** To see that everything works. */
    static final LockScale QUICK = new LockScale(
            Duration.ofMillis(100),
            List.of(2),
            1,
            1,
            Duration.ofSeconds(2),
            new Held(50, 10, Duration.ofSeconds(9), Duration.ofMillis(300), Duration.ofSeconds(1)));

    int mostJvms() {
        return jvms.stream().mapToInt(jvm -> jvm).max().orElseThrow();
    }
}

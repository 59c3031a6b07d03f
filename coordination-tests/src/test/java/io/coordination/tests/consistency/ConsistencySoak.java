package io.coordination.tests.consistency;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Run after run with new seeds, versions by turns, for as long as the system property {@code consistency.minutes} says; ends
 * with the first failure. Only {@code ./verify --soak} runs it: its name is not one of a test.
 */
class ConsistencySoak {

    private static final List<String> VERSIONS = List.of("3.5", "3.4");

    @Test
    void nothingIsLostInventedOrDoneTwice() throws InterruptedException {
        Duration limit = Duration.ofMinutes(Integer.getInteger("consistency.minutes", 10));
        Duration length = Duration.ofSeconds(Integer.getInteger("consistency.seconds", 30));
        long start = System.nanoTime();
        long seed = Long.getLong("consistency.seed", ThreadLocalRandom.current().nextLong(1_000_000_000));
        int turn = 0;
        do {
            new ConsistencyRun(VERSIONS.get(turn % VERSIONS.size()), seed + turn, length).run();
            turn++;
        } while (System.nanoTime() - start < limit.toNanos());
    }
}

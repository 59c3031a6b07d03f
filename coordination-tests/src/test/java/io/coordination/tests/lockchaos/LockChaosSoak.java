package io.coordination.tests.lockchaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Run after run of eight JVMs with new seeds, versions and kinds of faults by turns, for as long as the system property
 * {@code lockchaos.minutes} says; ends with the first failure. Only {@code ./verify --soak} runs it: its name is not one of
 * a test.
 */
class LockChaosSoak {

    private static final List<Turn> TURNS = List.of(
            new Turn("3.5", FaultScope.CLIENTS_AND_MEMBERS),
            new Turn("3.4", FaultScope.CLIENTS),
            new Turn("3.4", FaultScope.CLIENTS_AND_MEMBERS));

    @Test
    void nobodyHoldsWhatAnotherHoldsAndEverybodyIsServed() throws IOException, InterruptedException {
        Duration limit = Duration.ofMinutes(Integer.getInteger("lockchaos.minutes", 10));
        Duration length = Duration.ofSeconds(Integer.getInteger("lockchaos.seconds", 60));
        int processes = Integer.getInteger("lockchaos.processes", 8);
        long start = System.nanoTime();
        long seed = Long.getLong("lockchaos.seed", ThreadLocalRandom.current().nextLong(1_000_000_000));
        int number = 0;
        do {
            Turn turn = TURNS.get(number % TURNS.size());
            new LockChaosRun(turn.version(), seed + number, length, processes, turn.faults()).run();
            number++;
        } while (System.nanoTime() - start < limit.toNanos());
    }

    private record Turn(String version, FaultScope faults) {}
}

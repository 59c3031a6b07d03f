package io.coordination.tests.lockchaos;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Processes that use locks under random faults on a cluster of three. System properties: {@code lockchaos.seed} does a
 * certain run again; {@code lockchaos.seconds} is how long faults go on, {@code lockchaos.processes} how many JVMs there
 * are, 4 by default, {@code lockchaos.faults} where faults happen: {@code CLIENTS} or {@code CLIENTS_AND_MEMBERS}.
 */
abstract class LockChaosScenarios {

    abstract String version();

    abstract int seconds();

    @Test
    void nobodyHoldsWhatAnotherHoldsAndEverybodyIsServed() throws IOException, InterruptedException {
        long seed = Long.getLong("lockchaos.seed", ThreadLocalRandom.current().nextLong(1_000_000_000));
        new LockChaosRun(
                        version(),
                        seed,
                        Duration.ofSeconds(Integer.getInteger("lockchaos.seconds", seconds())),
                        Integer.getInteger("lockchaos.processes", 4),
                        FaultScope.valueOf(
                                System.getProperty("lockchaos.faults", FaultScope.CLIENTS_AND_MEMBERS.name())))
                .run();
    }
}

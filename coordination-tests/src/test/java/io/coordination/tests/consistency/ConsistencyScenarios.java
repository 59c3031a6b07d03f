package io.coordination.tests.consistency;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Random operations under random faults on a cluster of three. System properties: {@code consistency.seed} does a certain run
 * again, {@code consistency.seconds} is how long operations and faults go on, 30 by default.
 */
abstract class ConsistencyScenarios {

    abstract String version();

    @Test
    void nothingIsLostInventedOrDoneTwice() throws InterruptedException {
        long seed = Long.getLong("consistency.seed", ThreadLocalRandom.current().nextLong(1_000_000_000));
        Duration length = Duration.ofSeconds(Integer.getInteger("consistency.seconds", 30));
        new ConsistencyRun(version(), seed, length).run();
    }
}

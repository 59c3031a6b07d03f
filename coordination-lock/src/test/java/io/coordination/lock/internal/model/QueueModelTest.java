package io.coordination.lock.internal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine that decides about a lock's queue, in all orders in which requests, answers, events and faults can come.
 *
 * <p>Each scenario is searched to the end: three processes in two rounds, alone and with a crash, where the server applies calls
 * when they are sent; smaller ones with late calls and copies, lost answers, gaps, cancellations and an operator's delete, for
 * readers, single tries, batches and retention as well. Everything at once is too large; see docs/testing.md for the figures.
 *
 * <p>{@code -Dmodel.bounds=large} searches larger systems, {@code -Dmodel.states} says how far.
 */
@Tag("same-on-every-jdk")
class QueueModelTest {

    private static final Logger log = LoggerFactory.getLogger(QueueModelTest.class);
    private static final boolean LARGE = "large".equals(System.getProperty("model.bounds"));
    private static final int MOST_STATES = Integer.getInteger("model.states", LARGE ? 1_000_000 : 100_000);

    @TestFactory
    Stream<DynamicTest> keepsItsPromises() {
        return (LARGE ? Scenarios.large() : Scenarios.small())
                .entrySet().stream()
                        .map(named -> DynamicTest.dynamicTest(
                                named.getKey(), () -> search(named.getKey(), named.getValue())));
    }

    private static void search(String name, Scenario scenario) {
        Exploration found = new Explorer<>(new LockSpace(scenario), MOST_STATES).run();
        log.info("Model check: {}: {}", name, found.figures());
        found.violation().ifPresent(violation -> fail(Flattening.readable(name + ": " + violation)));
        assertThat(found.complete() || LARGE).as("searched to the end").isTrue();
        assertThat(found.rests()).as("ends of the story").isPositive();
    }
}

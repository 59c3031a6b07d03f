package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Three processes, two locks, and a network that does what it likes, for thousands of random steps. More of them with
 * {@code -Dlock.chaos.seeds=1000}. A failure says its seed and its last steps; identifiers of leases and the jitter of
 * renewals are not under the seed's control, so a repetition is similar, not equal.
 */
class ChaosTest {

    private static final int SEEDS = Integer.getInteger("lock.chaos.seeds", 200);
    private static final int STEPS = 300;

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level level = root.getLevel();

    @BeforeEach
    void listen() {
        root.setLevel(Level.WARN);
        root.detachAndStopAllAppenders();
        lines.start();
        root.addAppender(lines);
    }

    @AfterEach
    void nothingWentWrongInside() {
        root.detachAppender(lines);
        root.setLevel(level);
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel() == Level.ERROR)
                .extracting(
                        ILoggingEvent::getFormattedMessage,
                        line -> line.getThrowableProxy() == null
                                ? ""
                                : line.getThrowableProxy().getMessage())
                .isEmpty();
    }

    @Test
    void noTwoHoldersWhateverTheNetworkDoes() {
        LongStream.range(0, SEEDS).forEach(seed -> new Chaos(seed, false).run(STEPS));
    }

    /** Whoever deletes keys and leases by hand takes the lock away from a holder that has not heard of it yet. */
    @Test
    void noTwoHoldersWithKeysEvenWhenAnOperatorDeletesThem() {
        LongStream.range(0, SEEDS).forEach(seed -> new Chaos(seed, true).run(STEPS));
    }
}

package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.TimeSource.Timer;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ReconnectorTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofSeconds(4);

    private final ManualTime time = new ManualTime();
    private final Links channel = new Links();
    private final AtomicInteger runs = new AtomicInteger();

    private Reconnector start() {
        Reconnector reconnector = new Reconnector(channel, time);
        reconnector.start();
        return reconnector;
    }

    @Test
    void whatIsDownIsToldToTryAgainEveryThreeSeconds() {
        channel.disconnected = true;
        start();

        time.advance(Duration.ofSeconds(9));

        assertThat(channel.nudges).isEqualTo(3);
    }

    @Test
    void whoWaitsForAConnectionMakesItTryTwiceASecond() {
        channel.disconnected = true;
        Reconnector reconnector = start();

        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        assertThat(channel.nudges).isEqualTo(1);
        time.advance(Duration.ofSeconds(2));

        assertThat(channel.nudges).isEqualTo(5);
        assertThat(runs).hasValue(0);
    }

    @Test
    void aConnectionWakesWhoWaits() {
        channel.disconnected = true;
        Reconnector reconnector = start();
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        time.advance(SHORT);
        assertThat(runs).hasValue(0);

        channel.disconnected = false;
        reconnector.connected();
        time.advance(Duration.ZERO);

        assertThat(runs).hasValue(1);
        time.advance(LONG);
        assertThat(runs).hasValue(1);
    }

    @Test
    void withoutAConnectionTheWaitEndsAllTheSame() {
        channel.disconnected = true;
        Reconnector reconnector = start();
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);

        time.advance(LONG.minusMillis(1));
        assertThat(runs).hasValue(0);
        time.advance(Duration.ofMillis(1));

        assertThat(runs).hasValue(1);
    }

    @Test
    void withAConnectionThePauseIsTheShortOne() {
        channel.disconnected = false;
        start().pause(SHORT, LONG, runs::incrementAndGet);

        time.advance(SHORT);

        assertThat(runs).hasValue(1);
    }

    @Test
    void whoDoesNotWaitAnyMoreIsNotWoken() {
        channel.disconnected = true;
        Reconnector reconnector = start();
        Timer waiting = reconnector.pause(SHORT, LONG, runs::incrementAndGet);

        waiting.cancel();
        reconnector.connected();
        time.advance(LONG);

        assertThat(runs).hasValue(0);
    }

    @Test
    void closingEndsThePaceAndTheWaits() {
        channel.disconnected = true;
        Reconnector reconnector = start();
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        int before = channel.nudges;

        reconnector.close();
        time.advance(Duration.ofSeconds(30));

        assertThat(runs).hasValue(0);
        assertThat(channel.nudges).isEqualTo(before);
        assertThat(time.pendingTasks()).isZero();
    }

    /** Connections that are nothing but their state. */
    private static final class Links implements Reconnector.Target {
        private boolean disconnected;
        private int nudges;

        @Override
        public boolean isDisconnected() {
            return disconnected;
        }

        @Override
        public void connectNow() {
            nudges++;
        }
    }
}

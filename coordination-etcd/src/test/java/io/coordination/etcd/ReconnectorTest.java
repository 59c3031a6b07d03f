package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.TimeSource.Timer;
import io.coordination.testkit.ManualTime;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ReconnectorTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofSeconds(4);

    private final ManualTime time = new ManualTime();
    private final StateChannel channel = new StateChannel();
    private final AtomicInteger runs = new AtomicInteger();

    private Reconnector start(boolean severalMembers) {
        Reconnector reconnector = new Reconnector(channel, time, severalMembers);
        reconnector.start();
        return reconnector;
    }

    @Test
    void aChannelThatIsDownIsToldToTryAgainEveryThreeSeconds() {
        channel.become(ConnectivityState.TRANSIENT_FAILURE);
        start(false);

        time.advance(Duration.ofSeconds(9));

        assertThat(channel.nudges).isEqualTo(3);
    }

    @Test
    void aConnectedChannelIsLeftAloneUnlessAnotherMemberMayBeDown() {
        channel.become(ConnectivityState.READY);
        start(false);
        time.advance(Duration.ofSeconds(9));
        assertThat(channel.nudges).isZero();

        start(true);
        time.advance(Duration.ofSeconds(9));
        assertThat(channel.nudges).isEqualTo(3);
    }

    @Test
    void whoWaitsForAConnectionMakesItTryTwiceASecond() {
        channel.become(ConnectivityState.TRANSIENT_FAILURE);
        Reconnector reconnector = start(false);

        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        assertThat(channel.nudges).isEqualTo(1);
        time.advance(Duration.ofSeconds(2));

        assertThat(channel.nudges).isEqualTo(5);
        assertThat(runs).hasValue(0);
    }

    @Test
    void aConnectionWakesWhoWaits() {
        channel.become(ConnectivityState.TRANSIENT_FAILURE);
        Reconnector reconnector = start(false);
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        channel.become(ConnectivityState.CONNECTING);
        time.advance(SHORT);
        assertThat(runs).hasValue(0);

        channel.become(ConnectivityState.READY);
        time.advance(Duration.ZERO);

        assertThat(runs).hasValue(1);
        time.advance(LONG);
        assertThat(runs).hasValue(1);
    }

    @Test
    void withoutAConnectionTheWaitEndsAllTheSame() {
        channel.become(ConnectivityState.TRANSIENT_FAILURE);
        Reconnector reconnector = start(false);
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);

        time.advance(LONG.minusMillis(1));
        assertThat(runs).hasValue(0);
        time.advance(Duration.ofMillis(1));

        assertThat(runs).hasValue(1);
    }

    @Test
    void withAConnectionThePauseIsTheShortOne() {
        channel.become(ConnectivityState.READY);
        start(false).pause(SHORT, LONG, runs::incrementAndGet);

        time.advance(SHORT);

        assertThat(runs).hasValue(1);
    }

    @Test
    void whoDoesNotWaitAnyMoreIsNotWoken() {
        channel.become(ConnectivityState.TRANSIENT_FAILURE);
        Timer waiting = start(false).pause(SHORT, LONG, runs::incrementAndGet);

        waiting.cancel();
        channel.become(ConnectivityState.READY);
        time.advance(LONG);

        assertThat(runs).hasValue(0);
    }

    @Test
    void closingEndsThePaceAndTheWaits() {
        channel.become(ConnectivityState.TRANSIENT_FAILURE);
        Reconnector reconnector = start(true);
        reconnector.pause(SHORT, LONG, runs::incrementAndGet);
        int before = channel.nudges;

        reconnector.close();
        time.advance(Duration.ofSeconds(30));

        assertThat(runs).hasValue(0);
        assertThat(channel.nudges).isEqualTo(before);
        assertThat(time.pendingTasks()).isZero();
    }

    /** A channel that is nothing but its state. */
    private static final class StateChannel extends ManagedChannel {
        private ConnectivityState state = ConnectivityState.IDLE;
        private Runnable onChange = () -> {};
        private int nudges;

        void become(ConnectivityState next) {
            state = next;
            Runnable told = onChange;
            onChange = () -> {};
            told.run();
        }

        @Override
        public ConnectivityState getState(boolean requestConnection) {
            return state;
        }

        @Override
        public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
            onChange = callback;
        }

        @Override
        public void resetConnectBackoff() {
            nudges++;
        }

        @Override
        public ManagedChannel shutdown() {
            return this;
        }

        @Override
        public ManagedChannel shutdownNow() {
            return this;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }

        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
            throw new UnsupportedOperationException("a channel without calls");
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    }
}

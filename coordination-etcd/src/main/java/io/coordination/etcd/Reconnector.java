package io.coordination.etcd;

import io.coordination.store.TimeSource;
import io.coordination.store.TimeSource.Timer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the channel trying to connect, and wakes who waits for a connection.
 *
 * <p>gRPC's own pause between attempts on one address grows to two minutes. Here it ends after three seconds at the latest,
 * and after half a second while a call or a watch waits.
 */
final class Reconnector {

    private static final Duration QUIET_PACE = Duration.ofSeconds(3);
    private static final Duration URGENT_PACE = Duration.ofMillis(500);

    private final ManagedChannel channel;
    private final TimeSource time;
    private final boolean severalMembers;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final AtomicLong lastNudge;
    private volatile @Nullable Timer pace;
    private volatile boolean closed;

    Reconnector(ManagedChannel channel, TimeSource time, boolean severalMembers) {
        this.channel = channel;
        this.time = time;
        this.severalMembers = severalMembers;
        this.lastNudge = new AtomicLong(time.nanoTime() - URGENT_PACE.toNanos());
    }

    void start() {
        follow(channel.getState(false));
        keepPace();
    }

    private void follow(ConnectivityState from) {
        channel.notifyWhenStateChanged(from, () -> {
            ConnectivityState state = channel.getState(false);
            if (state == ConnectivityState.READY) {
                waiters.forEach(Waiter::wake);
            }
            if (state != ConnectivityState.SHUTDOWN) {
                follow(state);
            }
        });
    }

    private void keepPace() {
        if (!closed) {
            pace = time.schedule(QUIET_PACE, () -> {
                // The channel is connected when one member is: it does not tell whether another one waits.
                if (severalMembers || isDisconnected()) {
                    nudge();
                }
                keepPace();
            });
        }
    }

    private void nudge() {
        long now = time.nanoTime();
        long last = lastNudge.get();
        if (!closed && now - last >= URGENT_PACE.toNanos() && lastNudge.compareAndSet(last, now)) {
            channel.resetConnectBackoff();
        }
    }

    /**
     * Runs a task after a pause: the shorter one while there is a connection, and without one as soon as there is, but
     * after the longer one at the latest.
     */
    Timer pause(Duration connected, Duration disconnected, Runnable task) {
        if (!isDisconnected()) {
            return time.schedule(connected, task);
        }
        Waiter waiter = new Waiter(task, time.nanoTime() + disconnected.toNanos());
        waiters.add(waiter);
        waiter.waitOn();
        if (!isDisconnected()) {
            waiter.wake();
        }
        return waiter;
    }

    private boolean isDisconnected() {
        ConnectivityState state = channel.getState(false);
        return state == ConnectivityState.TRANSIENT_FAILURE || state == ConnectivityState.CONNECTING;
    }

    /** Drops everybody who waits. */
    void close() {
        closed = true;
        Timer running = pace;
        if (running != null) {
            running.cancel();
        }
        waiters.forEach(Waiter::cancel);
    }

    /** Somebody who waits for a connection. */
    private final class Waiter implements Timer {
        private final Runnable task;
        private final long until;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable Timer next;

        Waiter(Runnable task, long until) {
            this.task = task;
            this.until = until;
        }

        void waitOn() {
            if (over.get()) {
                return;
            }
            long left = until - time.nanoTime();
            if (left <= 0) {
                end(true);
            } else {
                nudge();
                next = time.schedule(Duration.ofNanos(Math.min(left, URGENT_PACE.toNanos())), this::waitOn);
            }
        }

        /** Hops to the timer thread: the caller is inside the channel. */
        void wake() {
            time.schedule(Duration.ZERO, () -> end(true));
        }

        @Override
        public void cancel() {
            end(false);
        }

        private void end(boolean run) {
            if (!over.compareAndSet(false, true)) {
                return;
            }
            waiters.remove(this);
            Timer pending = next;
            if (pending != null) {
                pending.cancel();
            }
            if (run) {
                task.run();
            }
        }
    }
}

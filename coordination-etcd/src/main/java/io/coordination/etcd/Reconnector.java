package io.coordination.etcd;

import io.coordination.store.TimeSource;
import io.coordination.store.TimeSource.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the members trying to connect, and wakes who waits for a connection to any of them.
 *
 * <p>gRPC's own pause between attempts on one address grows to two minutes. Here it ends after three seconds at the latest,
 * and after half a second while a call or a watch waits.
 */
final class Reconnector {

    private static final Duration QUIET_PACE = Duration.ofSeconds(3);
    private static final Duration URGENT_PACE = Duration.ofMillis(500);

    private final Target target;
    private final TimeSource time;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final AtomicLong lastNudge;
    private volatile @Nullable Timer pace;
    private volatile boolean closed;

    /** What is to be connected. */
    interface Target {
        /** Whether it tries to connect and has no connection. */
        boolean isDisconnected();

        /** Connects what is not connected, without the pause after a failed attempt. */
        void connectNow();
    }

    Reconnector(Target target, TimeSource time) {
        this.target = target;
        this.time = time;
        this.lastNudge = new AtomicLong(time.nanoTime() - URGENT_PACE.toNanos());
    }

    void start() {
        keepPace();
    }

    /** Wakes who waits for a connection: there is one. */
    void connected() {
        waiters.forEach(Waiter::wake);
    }

    private void keepPace() {
        if (!closed) {
            pace = time.schedule(QUIET_PACE, () -> {
                nudge();
                keepPace();
            });
        }
    }

    private void nudge() {
        long now = time.nanoTime();
        long last = lastNudge.get();
        if (!closed && now - last >= URGENT_PACE.toNanos() && lastNudge.compareAndSet(last, now)) {
            target.connectNow();
        }
    }

    /**
     * Runs a task after a pause: the shorter one while there is a connection, and without one as soon as there is, but
     * after the longer one at the latest.
     */
    Timer pause(Duration connected, Duration disconnected, Runnable task) {
        if (!target.isDisconnected()) {
            return time.schedule(connected, task);
        }
        Waiter waiter = new Waiter(task, time.nanoTime() + disconnected.toNanos());
        waiters.add(waiter);
        waiter.waitOn();
        if (!target.isDisconnected()) {
            waiter.wake();
        }
        return waiter;
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

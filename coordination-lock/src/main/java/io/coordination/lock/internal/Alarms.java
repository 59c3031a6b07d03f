package io.coordination.lock.internal;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Any number of alarms on one timer. Those that are due close to each other ring together: the timer goes off at most a
 * hundred times a second. Thread-safe.
 */
final class Alarms {

    /** At most this late is an alarm because another one rang just before. */
    private static final long PAUSE = Duration.ofMillis(10).toNanos();

    /** Something that happens at a time. It can be set once at a time; setting it again moves it. */
    abstract static class Alarm {
        private long due; // these are guarded by the lock of the alarms
        private long number;
        private boolean set;

        /** The time has come. Runs on a thread of the time source, so it must be short and must not block. */
        abstract void ring();
    }

    private static final Comparator<Alarm> ORDER = (a, b) -> {
        long later = a.due - b.due; // a difference, because the clock may overflow
        return later == 0 ? Long.compare(a.number, b.number) : Long.signum(later);
    };

    private final TimeSource time;
    private final ReentrantLock lock = new ReentrantLock(); // guards all below; not held while an alarm rings
    private final TreeSet<Alarm> waiting = new TreeSet<>(ORDER);
    private long numbers;
    private TimeSource.@Nullable Timer timer;
    private long timerDue;
    private boolean ringing;

    Alarms(TimeSource time) {
        this.time = time;
    }

    /** Lets an alarm ring at a moment of the time source. */
    void set(Alarm alarm, long due) {
        lock.lock();
        try {
            remove(alarm);
            alarm.due = due;
            alarm.number = numbers++;
            alarm.set = true;
            waiting.add(alarm);
            if (!ringing && (timer == null || due - timerDue < 0)) {
                startTimer(due);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets it not ring. */
    void clear(Alarm alarm) {
        lock.lock();
        try {
            remove(alarm);
            if (waiting.isEmpty()) {
                stopTimer();
            }
        } finally {
            lock.unlock();
        }
    }

    private void remove(Alarm alarm) {
        if (alarm.set) {
            waiting.remove(alarm);
            alarm.set = false;
        }
    }

    private void ringAll() {
        try {
            for (Alarm due = takeDue(); due != null; due = takeDue()) {
                due.ring();
            }
        } finally {
            goOn();
        }
    }

    private @Nullable Alarm takeDue() {
        lock.lock();
        try {
            ringing = true;
            timer = null;
            if (waiting.isEmpty() || waiting.first().due - time.nanoTime() > 0) {
                return null;
            }
            Alarm first = waiting.first();
            remove(first);
            return first;
        } finally {
            lock.unlock();
        }
    }

    private void goOn() {
        lock.lock();
        try {
            ringing = false;
            if (!waiting.isEmpty()) {
                long soon = time.nanoTime() + PAUSE;
                long due = waiting.first().due;
                startTimer(due - soon < 0 ? soon : due);
            }
        } finally {
            lock.unlock();
        }
    }

    private void startTimer(long due) {
        stopTimer();
        timerDue = due;
        timer = time.schedule(Duration.ofNanos(due - time.nanoTime()), this::ringAll);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}

package io.coordination.testkit;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What a proxy does to the bytes that pass it. Thread-safe; pipes wait here while nothing may pass. */
final class ProxyFaults {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean forwarding = true;
    private volatile long delayNanos;
    private volatile boolean swallowingAnswers;

    void forward(boolean allowed) {
        lock.lock();
        try {
            forwarding = allowed;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    long delayNanos() {
        return delayNanos;
    }

    void swallowAnswers(boolean swallow) {
        swallowingAnswers = swallow;
    }

    boolean swallowsAnswers() {
        return swallowingAnswers;
    }

    /** Returns when the moment has come and bytes may pass; the delay of a byte counts from when it was read. */
    void awaitPassage(long dueNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = dueNanos - System.nanoTime();
            while (!forwarding || left > 0) {
                if (forwarding) {
                    changed.awaitNanos(left);
                } else {
                    changed.await();
                }
                left = dueNanos - System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }
}

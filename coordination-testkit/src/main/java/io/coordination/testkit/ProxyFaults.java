package io.coordination.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What a proxy does to the bytes that pass it. Thread-safe; pipes wait here while nothing may pass. */
final class ProxyFaults {

    private static final long UNLIMITED = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean forwarding = true;
    private volatile long delayNanos;
    private volatile boolean swallowingAnswers;
    private final AtomicLong answerBytesLeft = new AtomicLong(UNLIMITED);

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

    void cutAfterAnswerBytes(long bytes) {
        answerBytesLeft.set(bytes);
    }

    void cutNoMore() {
        answerBytesLeft.set(UNLIMITED);
    }

    /**
     * How many of the next bytes to the client may pass. Fewer than asked for means that the connection ends behind them;
     * those after it are unlimited again.
     */
    int takeAnswerBytes(int wanted) {
        long left = answerBytesLeft.getAndUpdate(now -> now == UNLIMITED || now < wanted ? UNLIMITED : now - wanted);
        return left == UNLIMITED || left >= wanted ? wanted : (int) left;
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

package io.coordination.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still, and timers that ring when the test says so. */
final class HandTime implements TimeSource {

    private final Map<Long, Runnable> timers = new ConcurrentHashMap<>();
    private final Map<Long, Duration> delays = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        long id = ids.incrementAndGet();
        timers.put(id, task);
        delays.put(id, delay);
        return () -> timers.remove(id);
    }

    @Override
    public void close() {
        timers.clear();
    }

    /** How many timers are set. */
    int timers() {
        return timers.size();
    }

    /** Rings the timers that are due after a time. */
    void ring(Duration passed) {
        timers.forEach((id, task) -> {
            if (delays.getOrDefault(id, Duration.ZERO).compareTo(passed) <= 0) {
                timers.remove(id);
                task.run();
            }
        });
    }
}

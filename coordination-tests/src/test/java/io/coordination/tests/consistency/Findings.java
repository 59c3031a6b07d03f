package io.coordination.tests.consistency;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What a run found: broken promises, and how often what happened. Thread-safe. */
final class Findings {

    private static final int MOST = 20;

    private final Queue<String> broken = new ConcurrentLinkedQueue<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** A promise was broken; the facts fill the sentence as {@link String#format} does. */
    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency of tests alone
    void broken(String promise, Object... facts) {
        if (broken.size() < MOST) {
            broken.add(promise.formatted(facts));
        }
        first.countDown();
    }

    void count(String what) {
        counts.computeIfAbsent(what, any -> new LongAdder()).increment();
    }

    long counted(String what) {
        LongAdder count = counts.get(what);
        return count == null ? 0 : count.sum();
    }

    Map<String, LongAdder> counts() {
        return new ConcurrentSkipListMap<>(counts);
    }

    /** Waits for a while, or until the first promise is broken. */
    void awaitFirst(Duration limit) throws InterruptedException {
        first.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    List<String> broken() {
        return List.copyOf(broken);
    }
}

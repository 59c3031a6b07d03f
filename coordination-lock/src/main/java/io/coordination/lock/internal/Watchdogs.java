package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogManager;
import io.coordination.lock.watchdog.WatchdogStats;
import io.coordination.store.Environment;
import io.coordination.store.ListenerCalls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** The watchdogs of one coordinator's locks, and what they have seen so far. Thread-safe. */
final class Watchdogs implements WatchdogManager {

    private final Environment env;
    private final ListenerCalls calls;
    private final Alarms alarms;
    private final Map<String, List<HoldWatchdog>> running = new ConcurrentHashMap<>();
    private final AtomicInteger active = new AtomicInteger();
    private final LongAdder successful = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder roundTripNanos = new LongAdder();

    Watchdogs(Environment env) {
        this.env = env;
        this.calls = ListenerCalls.of(env);
        this.alarms = new Alarms(env.time());
    }

    Environment env() {
        return env;
    }

    /** How their callbacks are called. */
    ListenerCalls calls() {
        return calls;
    }

    /** The one timer of them all. */
    Alarms alarms() {
        return alarms;
    }

    // ---- what they report

    void began(HoldWatchdog watchdog) {
        active.incrementAndGet();
        running.merge(
                watchdog.lockKey(),
                List.of(watchdog),
                (present, added) ->
                        Stream.concat(present.stream(), added.stream()).toList());
    }

    void ended(HoldWatchdog watchdog) {
        active.decrementAndGet();
        running.computeIfPresent(watchdog.lockKey(), (key, present) -> {
            List<HoldWatchdog> left =
                    present.stream().filter(other -> other != watchdog).toList();
            return left.isEmpty() ? null : left;
        });
    }

    void succeeded(long roundTrip) {
        successful.increment();
        roundTripNanos.add(roundTrip);
    }

    /** One line for each row of failures. */
    void failed(HoldWatchdog watchdog, CoordinationException error, int consecutive) {
        failed.increment();
        (consecutive == 1 ? env.log().atWarn() : env.log().atDebug())
                .addKeyValue("lock", watchdog.lockKey())
                .addKeyValue("failures", consecutive)
                .addKeyValue("error", error.toString())
                .log("A watchdog found its lock not renewed");
    }

    // ---- what users ask

    @Override
    public WatchdogStats stats() {
        long successes = successful.sum();
        long failures = failed.sum();
        Duration average = successes == 0 ? Duration.ZERO : Duration.ofNanos(roundTripNanos.sum() / successes);
        return new WatchdogStats(active.get(), successes + failures, successes, failures, average);
    }

    @Override
    public Optional<Watchdog> find(String lockKey) {
        return running.getOrDefault(Checks.name("lockKey", lockKey), List.of()).stream()
                .findFirst()
                .map(found -> found);
    }

    @Override
    public void stopAll() {
        running.values().forEach(all -> all.forEach(Watchdog::stop));
    }
}

package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.lock.synchronizer.DistributedBarrier;
import io.coordination.lock.synchronizer.DistributedCounter;
import io.coordination.lock.synchronizer.DistributedLatch;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What is not a queue: counters, latches and barriers of one coordinator or module, and what they share. Thread-safe. */
final class Primitives {

    private final Environment env;
    private final LockSessions sessions;
    private final Conditions conditions;
    private final Set<LeasedPlace> places = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Primitives(Environment env, LockSessions sessions) {
        this.env = env;
        this.sessions = sessions;
        this.conditions = new Conditions(env);
    }

    Environment env() {
        return env;
    }

    LockSessions sessions() {
        return sessions;
    }

    Conditions conditions() {
        return conditions;
    }

    DistributedCounter counter(String name) {
        return new StoredCounter(this, name);
    }

    DistributedLatch latch(String name) {
        return new StoredLatch(this, name);
    }

    DistributedBarrier barrier(String name, int parties, Duration ttl) {
        return new LeasedBarrier(this, name, parties, ttl);
    }

    /** A place in a barrier was taken; it leaves when this is closed. */
    void opened(LeasedPlace place) {
        places.add(place);
        place.gone().whenComplete((ours, failure) -> places.remove(place));
        if (closed) {
            place.leave();
        }
    }

    void requireOpen() {
        if (closed) {
            throw new CoordinationClosedException("the coordinator is closed");
        }
    }

    /** Ends all waits and leaves all barriers; completes when every place is certainly free. */
    CompletableFuture<Void> closeAsync() {
        closed = true;
        conditions.close();
        return CompletableFuture.allOf(places.stream()
                .map(place -> place.leave().handle((ours, failure) -> ours))
                .toArray(CompletableFuture<?>[]::new));
    }
}

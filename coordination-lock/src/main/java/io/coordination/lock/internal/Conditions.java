package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.TimeSource;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/**
 * Waits for the keys of a prefix to be as somebody wants them. All who wait for the same prefix share one mirror, which is
 * closed with the last of them. Thread-safe.
 */
final class Conditions {

    private record Shared(Mirror mirror, int users) {}

    private final Environment env;
    private final Map<String, Shared> mirrors = new ConcurrentHashMap<>();
    private final Map<Watch, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Conditions(Environment env) {
        this.env = env;
    }

    /**
     * Begins to wait; whoever completes the future ends it.
     *
     * @param condition asked for each state, on a thread of the engine; what it throws ends the wait
     * @return true when the condition held
     */
    CompletableFuture<Boolean> begin(String prefix, Predicate<MirrorState> condition) {
        CompletableFuture<Boolean> holds = new CompletableFuture<>();
        Mirror mirror = enter(prefix);
        Watch subscription = mirror.subscribe(new Listener(mirror, condition, holds));
        waiting.put(subscription, holds);
        holds.whenComplete((done, failure) -> {
            waiting.remove(subscription);
            subscription.close();
            leave(prefix);
        });
        if (closed) {
            holds.completeExceptionally(closedFailure());
        }
        return holds;
    }

    private record Listener(Mirror mirror, Predicate<MirrorState> condition, CompletableFuture<Boolean> holds)
            implements MirrorListener {

        @Override
        public void onSnapshot(MirrorState state) {
            check();
        }

        @Override
        public void onChange(MirrorChange change) {
            check();
        }

        private void check() {
            try {
                if (condition.test(mirror.state())) {
                    holds.complete(true);
                }
            } catch (CoordinationException e) {
                holds.completeExceptionally(e);
            }
        }
    }

    private Mirror enter(String prefix) {
        return mirrors.compute(
                        prefix,
                        (key, shared) -> shared == null
                                ? new Shared(Mirror.open(env.store(), env.time(), prefix), 1)
                                : new Shared(shared.mirror(), shared.users() + 1))
                .mirror();
    }

    private void leave(String prefix) {
        mirrors.computeIfPresent(prefix, (key, shared) -> {
            if (shared.users() > 1) {
                return new Shared(shared.mirror(), shared.users() - 1);
            }
            shared.mirror().close();
            return null;
        });
    }

    /**
     * Waits for what was begun.
     *
     * @param limit how long, or without limit
     * @param operation what the caller asked for, as the subject of a sentence
     * @return false when the time ended before
     */
    boolean await(CompletableFuture<Boolean> holds, Optional<Duration> limit, String operation)
            throws InterruptedException {
        Optional<TimeSource.Timer> timer = limit.map(time -> env.time().schedule(time, () -> holds.complete(false)));
        try {
            return holds.get();
        } catch (ExecutionException e) {
            throw Blocking.failure(e, operation);
        } finally {
            timer.ifPresent(TimeSource.Timer::cancel);
            holds.cancel(false);
        }
    }

    /** How many prefixes are followed. */
    int mirrorsInUse() {
        return mirrors.size();
    }

    /** Ends all waits with {@code CLOSED}, and those that come. */
    void close() {
        closed = true;
        waiting.values().forEach(holds -> holds.completeExceptionally(closedFailure()));
    }

    private static CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the coordinator was closed");
    }
}

package io.coordination.lock.internal;

import io.coordination.LockDeadlockException;
import io.coordination.lock.LockOwner;
import io.coordination.lock.admin.LockWait;
import io.coordination.lock.internal.LastingWait.Held;
import io.coordination.lock.internal.WaitGraph.Step;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.session.ProcessIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds deadlocks among the owners of a namespace: what all requests of one coordinator share that ask for it. Requests that do
 * not ask cost nothing and are not seen. Thread-safe.
 */
final class DeadlockDetection {

    private final Environment env;
    private final WaitingOwners owners = new WaitingOwners();
    private final WaitReading reading;

    DeadlockDetection(Environment env) {
        this.env = env;
        this.reading = new WaitReading(env);
    }

    Environment env() {
        return env;
    }

    WaitingOwners owners() {
        return owners;
    }

    WaitReading reading() {
        return reading;
    }

    /** Watches over a request, if it asks for that and has an owner. */
    void watch(Request request, Whereabouts.Locator queue) {
        Object owner = request.deadlockOwner();
        Optional<Duration> threshold = request.options().detectDeadlocksAfter();
        if (owner != null && threshold.isPresent() && !request.triesOnce()) {
            new DeadlockWatch(this, request, owner, threshold.get(), queue).start();
        }
    }

    /**
     * A request was granted.
     *
     * @param owner of the request; null when it does not take part
     * @return to be run once when the hold is over; null when the request does not take part
     */
    @Nullable
    Runnable holds(@Nullable LockOwner owner, Held held) {
        if (owner == null) {
            return null;
        }
        owners.holds(owner, held);
        return () -> owners.holdsNoLonger(owner, held);
    }

    /** A wait as others may read it. */
    LastingWait describe(WaitingOwners.Owner owner, Whereabouts place) {
        List<String> before = place.before().stream()
                .map(request -> Optional.ofNullable(request.waiter())
                        .flatMap(owners::idOf)
                        .orElse("?"))
                .toList();
        return new LastingWait(
                owner.id(),
                owner.name(),
                ProcessIdentity.of(env, "locks").node(),
                place.key(),
                place.revision(),
                place.behindHolders(),
                before,
                owner.holds());
    }

    /** The failure of the request that is given up. */
    LockDeadlockException deadlock(String lock, WaitGraph graph, List<Step> cycle) {
        List<LockWait> waits = cycle.stream().map(step -> asWait(graph, step)).toList();
        String chain = waits.stream()
                .map(wait -> wait.owner() + " on " + wait.node() + " waits for '" + wait.waitsFor() + "'")
                .collect(Collectors.joining(", which "));
        env.log()
                .atWarn()
                .addKeyValue("lock", lock)
                .addKeyValue("cycle", chain)
                .log("A request is given up, because it is part of a deadlock");
        return new LockDeadlockException(
                "lock '" + lock + "' was not acquired, because of a deadlock: " + chain
                        + ", which closes the cycle; release what you hold, then acquire again",
                waits);
    }

    private static LockWait asWait(WaitGraph graph, Step step) {
        LastingWait wait = graph.waits().stream()
                .filter(one -> one.o().equals(step.owner()) && one.place().equals(step.place()))
                .findFirst()
                .orElseThrow();
        String queue = WaitGraph.queueOf(wait.k());
        String bare = queue.substring(0, queue.length() - 1);
        return new LockWait(wait.n(), wait.p(), Keys.unescape(bare.substring(bare.lastIndexOf('/') + 1)));
    }
}

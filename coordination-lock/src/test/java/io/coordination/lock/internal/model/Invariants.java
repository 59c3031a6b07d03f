package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What must be true in every state, and what must have ended when nothing more happens. */
final class Invariants {

    /** A hold that its process believes in. */
    private record Belief(ModelClient client, Attempt attempt, int number, PlaceMode mode) {

        @Override
        public String toString() {
            return "process " + client.number + " holds " + attempt.key() + "@" + attempt.created() + "." + number
                    + " as " + mode.text();
        }
    }

    private Invariants() {}

    static Optional<String> broken(World world) {
        if (world.complaint() != null) {
            return Optional.of(world.complaint());
        }
        List<Belief> beliefs = beliefs(world);
        for (Belief belief : beliefs) {
            Optional<String> wrong = wrong(world, belief);
            if (wrong.isPresent()) {
                return wrong;
            }
            for (Belief other : beliefs) {
                if (clash(world, belief, other)) {
                    return Optional.of("I3: " + belief + ", and " + other);
                }
            }
        }
        return Optional.empty();
    }

    private static List<Belief> beliefs(World world) {
        List<Belief> beliefs = new ArrayList<>();
        for (ModelClient client : world.clients()) {
            for (ModelThread thread : client.threads) {
                if (thread.phase() == ModelThread.Phase.HOLDING) {
                    Attempt attempt = client.attempt(thread.place());
                    if (client.believesIn(attempt.ticket().lease())) {
                        beliefs.add(new Belief(client, attempt, thread.number(), thread.mode()));
                    }
                }
            }
        }
        return beliefs;
    }

    /** A hold has its key, unless that was taken away by force, and nothing that blocks it was made before. */
    private static Optional<String> wrong(World world, Belief belief) {
        if (!hasKey(world, belief)) {
            return world.isTampered() ? Optional.empty() : Optional.of("I1: without a key " + belief);
        }
        for (Etcd.Stored stored : world.etcd.keys()) {
            if (stored.created() < belief.attempt().created() && stored.mode().blocks(belief.mode())) {
                return Optional.of("I1: " + belief + " behind " + stored);
            }
        }
        return Optional.empty();
    }

    private static boolean hasKey(World world, Belief belief) {
        Etcd.Stored stored = world.etcd.key(belief.attempt().key());
        return stored != null && stored.created() == belief.attempt().created();
    }

    /** Two holds at once of which one is exclusive. After an operator's delete the first one may not know yet. */
    @SuppressWarnings("ReferenceEquality") // each is compared with itself, too
    private static boolean clash(World world, Belief one, Belief other) {
        return one != other && one.mode().equals(PlaceMode.EXCLUSIVE) && hasKey(world, one) && hasKey(world, other);
    }

    static Optional<String> brokenAtRest(World world) {
        for (ModelClient client : world.clients()) {
            if (!client.crashed && !client.threads.stream().allMatch(ModelThread::isDone)) {
                return Optional.of("I7: process " + client.number + " waits for ever: " + client.threads);
            }
        }
        for (Etcd.Stored stored : world.etcd.keys()) {
            if (world.clients().stream().noneMatch(client -> retains(client, stored))) {
                return Optional.of("I5: nobody wants " + stored);
            }
        }
        return Optional.empty();
    }

    private static boolean retains(ModelClient client, Etcd.Stored stored) {
        return !client.crashed
                && client.retaining
                && client.attempts.values().stream()
                        .anyMatch(
                                attempt -> attempt.key().equals(stored.key()) && attempt.created() == stored.created());
    }
}

package io.coordination.lock.internal;

import io.coordination.lock.internal.LastingWait.Held;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The owners of this coordinator that take part in the detection of deadlocks, each as long as it holds a lock or waits for
 * one. Thread-safe.
 */
final class WaitingOwners {

    private final String coordinator = UUID.randomUUID().toString();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Object, Owner> owners = new ConcurrentHashMap<>();

    /** An owner: what it holds, and who has to know when that changes. */
    static final class Owner {

        private final Object key;
        private final String id;
        private final Map<Held, Integer> holds = new ConcurrentHashMap<>(); // how often, by re-entry
        private final Set<Runnable> waits = ConcurrentHashMap.newKeySet();

        private Owner(Object key, String id) {
            this.key = key;
            this.id = id;
        }

        /** A text that no other owner of the namespace has. */
        String id() {
            return id;
        }

        /** What people call it. */
        String name() {
            return key.toString();
        }

        /** What it holds, always in the same order. */
        List<Held> holds() {
            return holds.keySet().stream()
                    .sorted(Comparator.comparing(Held::k).thenComparingInt(Held::j))
                    .toList();
        }
    }

    /** The mark of an owner, if it takes part. */
    Optional<String> idOf(Object key) {
        return Optional.ofNullable(owners.get(key)).map(Owner::id);
    }

    /** An owner waits; the task runs, on any thread, whenever it holds more or less than before. */
    Owner waits(Object key, Runnable onChange) {
        return owners.compute(key, (same, known) -> {
            Owner owner = known == null ? newOwner(key) : known;
            owner.waits.add(onChange);
            return owner;
        });
    }

    /** It waits no longer. */
    void waitsNoLonger(Object key, Runnable onChange) {
        owners.computeIfPresent(key, (same, owner) -> {
            owner.waits.remove(onChange);
            return ifStillNeeded(owner);
        });
    }

    void holds(Object key, Held held) {
        Owner changed = owners.compute(key, (same, known) -> {
            Owner owner = known == null ? newOwner(key) : known;
            owner.holds.merge(held, 1, Integer::sum);
            return owner;
        });
        changed.waits.forEach(Runnable::run);
    }

    void holdsNoLonger(Object key, Held held) {
        Owner changed = owners.get(key);
        owners.computeIfPresent(key, (same, owner) -> {
            owner.holds.computeIfPresent(held, (any, count) -> count == 1 ? null : count - 1);
            return ifStillNeeded(owner);
        });
        if (changed != null) {
            changed.waits.forEach(Runnable::run);
        }
    }

    /** How many owners take part. */
    int count() {
        return owners.size();
    }

    private Owner newOwner(Object key) {
        return new Owner(key, coordinator + "/" + numbers.incrementAndGet());
    }

    private static @Nullable Owner ifStillNeeded(Owner owner) {
        return owner.holds.isEmpty() && owner.waits.isEmpty() ? null : owner;
    }
}

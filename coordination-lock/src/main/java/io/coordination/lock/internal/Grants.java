package io.coordination.lock.internal;

import io.coordination.lock.admin.LockMode;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * Tells from a queue alone who holds the lock. Pure.
 *
 * <p>Whoever nobody ahead blocks holds it: the first place, with it the shared places up to the first other one, and places of
 * a semaphore as far as its permits go. The order is the holders' own, so that one who does not fit holds up all behind.
 */
final class Grants {

    private Grants() {}

    /** A queue in its order. */
    static List<StoredPlace> ordered(List<StoredPlace> queue) {
        return queue.stream()
                .sorted(Comparator.comparingLong(StoredPlace::revision).thenComparing(StoredPlace::key))
                .toList();
    }

    /**
     * How many places of an ordered queue hold the lock.
     *
     * @param limit the permits of a semaphore; without it only one place that wants permits is sure to have them
     */
    static int count(List<StoredPlace> ordered, OptionalInt limit) {
        int count = 0;
        long permits = 0;
        for (StoredPlace place : ordered) {
            permits += place.permits();
            boolean holds = switch (place.mode()) {
                case SHARED -> ordered.get(0).mode() == LockMode.SHARED;
                case PERMITS -> ordered.get(0).mode() == LockMode.PERMITS && (count == 0 || permits <= limit.orElse(0));
                case EXCLUSIVE, UNKNOWN -> count == 0;
            };
            if (!holds) {
                return count;
            }
            count++;
        }
        return count;
    }
}

package io.coordination.lock.internal.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who holds a place: one exclusive owner or any number of sharers, each as often as it asked for it. */
final class Holders {

    /** What is left after one hold has ended. */
    enum Left {
        /** There was no such hold. */
        UNKNOWN,
        /** Others hold the place, or the same owner once more. */
        HELD,
        /** An exclusive owner is left that only shares. */
        SHARED,
        /** Nobody. */
        NOBODY
    }

    private static final class Holder {

        private final int number;
        private final @Nullable Object owner;
        private int exclusive;
        private int shared;

        Holder(int number, @Nullable Object owner) {
            this.number = number;
            this.owner = owner;
        }

        private void count(PlaceMode mode, int change) {
            if (mode.isShared()) {
                shared += change;
            } else {
                exclusive += change;
            }
        }

        private Holder copy() {
            Holder copy = new Holder(number, owner);
            copy.exclusive = exclusive;
            copy.shared = shared;
            return copy;
        }

        private List<Object> state() {
            return List.of(number, owner == null ? "" : owner, exclusive, shared);
        }
    }

    private final ArrayList<Holder> holders = new ArrayList<>(1);

    boolean isEmpty() {
        return holders.isEmpty();
    }

    void add(int number, @Nullable Object owner, PlaceMode mode) {
        Holder holder = new Holder(number, owner);
        holder.count(mode, 1);
        holders.add(holder);
    }

    /** The number of the hold of an owner, 0-based; -1 when it has none. */
    int numberOf(@Nullable Object owner) {
        if (owner != null) {
            for (Holder holder : holders) {
                if (owner.equals(holder.owner)) {
                    return holder.number;
                }
            }
        }
        return -1;
    }

    /** Whether a hold is exclusive at least once. */
    boolean isExclusive(int number) {
        Holder holder = find(number);
        return holder != null && holder.exclusive > 0;
    }

    /** Counts a hold once more. */
    void again(int number, PlaceMode mode) {
        Holder holder = find(number);
        if (holder != null) {
            holder.count(mode, 1);
        }
    }

    /** Counts a hold once less. */
    Left end(int number, PlaceMode mode) {
        Holder holder = find(number);
        if (holder == null || (mode.isShared() ? holder.shared : holder.exclusive) == 0) {
            return Left.UNKNOWN;
        }
        holder.count(mode, -1);
        if (holder.exclusive == 0 && holder.shared == 0) {
            holders.remove(holder);
            return holders.isEmpty() ? Left.NOBODY : Left.HELD;
        }
        return !mode.isShared() && holder.exclusive == 0 ? Left.SHARED : Left.HELD;
    }

    private @Nullable Holder find(int number) {
        for (Holder holder : holders) {
            if (holder.number == number) {
                return holder;
            }
        }
        return null;
    }

    Holders copy() {
        Holders copy = new Holders();
        holders.forEach(holder -> copy.holders.add(holder.copy()));
        return copy;
    }

    Object state() {
        return holders.stream().map(Holder::state).toList();
    }
}

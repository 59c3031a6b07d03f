package io.coordination.lock.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The handles given out for one place: mostly one. Confined to the serial executor of its lock. */
final class PlaceHolds {

    private @Nullable Hold one;
    private @Nullable List<Hold> others;

    boolean isEmpty() {
        return one == null && others == null;
    }

    void add(Hold hold) {
        if (one == null) {
            one = hold;
        } else {
            if (others == null) {
                others = new ArrayList<>(2);
            }
            others.add(hold);
        }
    }

    void remove(Hold hold) {
        if (one == hold) {
            one = null;
        } else if (others != null) {
            others.remove(hold);
            if (others.isEmpty()) {
                others = null;
            }
        }
    }

    /** The only one; null when there is none or another one. */
    @Nullable
    Hold only() {
        return others == null ? one : null;
    }

    /** One with a number, if there is any. */
    @Nullable
    Hold withNumber(int number) {
        if (one != null && one.number() == number) {
            return one;
        }
        if (others != null) {
            for (Hold other : others) {
                if (other.number() == number) {
                    return other;
                }
            }
        }
        return null;
    }

    /** All of them. */
    List<Hold> all() {
        List<Hold> all = new ArrayList<>(2);
        if (one != null) {
            all.add(one);
        }
        if (others != null) {
            all.addAll(others);
        }
        return all;
    }

    /** All of them, which are forgotten. */
    List<Hold> takeAll() {
        List<Hold> all = all();
        one = null;
        others = null;
        return all;
    }
}

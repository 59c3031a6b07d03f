package io.coordination.memory;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * The revisions that can still be read and watched, without a hole from the oldest to the newest. Guarded by the lock of
 * its database.
 *
 * <p>It compacts itself: at least the newest {@value #RETAINED} revisions stay.
 */
final class History {

    static final int RETAINED = 50_000;

    private final List<Revision> revisions = new ArrayList<>(List.of(Revision.FIRST));

    Revision newest() {
        return revisions.get(revisions.size() - 1);
    }

    /** The number of the oldest revision that can be read or watched from. */
    long oldest() {
        return revisions.get(0).number();
    }

    void append(Revision next) {
        if (revisions.size() >= 2 * RETAINED) {
            revisions.subList(0, RETAINED).clear();
        }
        revisions.add(next);
    }

    /** The state to read for a query's revision, where 0 means the newest. The code of a future one is etcd's: try again. */
    Revision at(long number) {
        if (number == 0) {
            return newest();
        }
        if (number < oldest()) {
            throw CoordinationException.of(
                    ErrorCode.NOT_FOUND,
                    "revision " + number + " was compacted; the oldest that can be read is " + oldest());
        }
        if (isFuture(number)) {
            throw CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, future(number));
        }
        return revisions.get(indexOf(number));
    }

    /** All revisions from a number on; none when it lies in the future. */
    List<Revision> since(long number) {
        int from = Math.max(0, Math.min(revisions.size(), indexOf(number)));
        return List.copyOf(revisions.subList(from, revisions.size()));
    }

    /** Forgets everything before a revision, which itself stays readable and watchable, as in etcd. */
    void compact(long number) {
        if (isFuture(number)) {
            throw CoordinationException.of(ErrorCode.VALIDATION_ERROR, future(number));
        }
        if (number > oldest()) {
            revisions.subList(0, indexOf(number)).clear();
        }
    }

    private boolean isFuture(long number) {
        return number > newest().number();
    }

    private String future(long number) {
        return "revision " + number + " lies in the future; the newest is " + newest().number();
    }

    private int indexOf(long number) {
        return (int) Math.min(number - oldest(), Integer.MAX_VALUE);
    }
}

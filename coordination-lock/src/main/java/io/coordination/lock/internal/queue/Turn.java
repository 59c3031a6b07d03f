package io.coordination.lock.internal.queue;

import java.util.List;

/**
 * How much of its turn a place has used up. The turn is limited, in holds and in time, from the moment that another process is
 * known to wait or cannot be excluded to; before that it is not.
 */
final class Turn {

    private int used;
    private boolean timed;
    private boolean over;

    /** A new hold begins. */
    void held(boolean limited) {
        if (limited) {
            used++;
        } else {
            used = 0;
            over = false;
        }
    }

    /** Whether one more hold fits after one that is, or was, there already. */
    boolean allows(int batch, boolean limited) {
        if (!limited) {
            return true;
        }
        // The hold during which the others turned up is the first.
        used = Math.max(used, 1);
        return !over && used < batch;
    }

    /** True for the first time that its time has to be limited. */
    boolean begin() {
        boolean first = !timed;
        timed = true;
        return first;
    }

    /** Its time is up. */
    void end() {
        over = true;
    }

    /** Nobody else waits any more. */
    void unlimited() {
        used = 0;
        timed = false;
        over = false;
    }

    boolean isTimed() {
        return timed;
    }

    Turn copy() {
        Turn copy = new Turn();
        copy.used = used;
        copy.timed = timed;
        copy.over = over;
        return copy;
    }

    Object state() {
        return List.of(used, timed, over);
    }
}

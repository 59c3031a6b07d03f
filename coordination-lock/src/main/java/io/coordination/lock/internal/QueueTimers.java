package io.coordination.lock.internal;

import io.coordination.lock.internal.queue.QueueTimer;
import io.coordination.store.TimeSource;
import org.jspecify.annotations.Nullable;

/** The timers of one lock: mostly none, rarely more than two. Confined to the serial executor of the lock. */
final class QueueTimers {

    private static final class Armed {

        private final QueueTimer kind;
        private @Nullable Armed next;
        private TimeSource.@Nullable Timer timer;

        Armed(QueueTimer kind, @Nullable Armed next) {
            this.kind = kind;
            this.next = next;
        }
    }

    private @Nullable Armed head;

    boolean areNone() {
        return head == null;
    }

    /** A timer of a kind, in place of the one of that kind that may run. */
    Object begin(QueueTimer kind) {
        cancel(kind);
        Armed armed = new Armed(kind, head);
        head = armed;
        return armed;
    }

    /** What {@link #begin} made is on its way. */
    void began(Object mark, TimeSource.Timer timer) {
        ((Armed) mark).timer = timer;
    }

    /** A timer has run out; false when it had been forgotten. */
    boolean ended(Object mark) {
        Armed before = null;
        for (Armed armed = head; armed != null; before = armed, armed = armed.next) {
            if (armed == mark) {
                unlink(before, armed);
                return true;
            }
        }
        return false;
    }

    void cancel(QueueTimer kind) {
        Armed before = null;
        for (Armed armed = head; armed != null; before = armed, armed = armed.next) {
            if (armed.kind == kind) {
                unlink(before, armed);
                stop(armed);
                return;
            }
        }
    }

    void cancelAll() {
        for (Armed armed = head; armed != null; armed = armed.next) {
            stop(armed);
        }
        head = null;
    }

    private void unlink(@Nullable Armed before, Armed armed) {
        if (before == null) {
            head = armed.next;
        } else {
            before.next = armed.next;
        }
    }

    private static void stop(Armed armed) {
        if (armed.timer != null) {
            armed.timer.cancel();
        }
    }
}

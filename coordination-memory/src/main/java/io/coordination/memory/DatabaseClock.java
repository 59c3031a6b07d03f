package io.coordination.memory;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The time of a database, in nanoseconds since it was made: that of its oldest open connection. It goes on without a jump
 * when that connection closes and the next one takes over. Guarded by the lock of the database.
 *
 * <p>At most one wake-up is armed. Later ones are not needed, because whoever wakes up arms the next.
 */
final class DatabaseClock {

    private static final long NOT_ARMED = Long.MAX_VALUE;

    private final List<TimeSource> sources = new ArrayList<>();
    private TimeSource current;
    private long origin;
    private long passed;
    private long armed = NOT_ARMED;

    DatabaseClock(TimeSource first) {
        current = first;
        origin = first.nanoTime();
    }

    long now() {
        return passed + (current.nanoTime() - origin);
    }

    void join(TimeSource source) {
        sources.add(source);
        follow(sources.get(0));
    }

    void leave(TimeSource source) {
        sources.remove(source);
        if (!isUnused()) {
            follow(sources.get(0));
        }
    }

    /** Goes on with another clock. What was armed on the one before is void. */
    private void follow(TimeSource next) {
        if (next != current) {
            passed = now();
            current = next;
            origin = next.nanoTime();
            armed = NOT_ARMED;
        }
    }

    private boolean isUnused() {
        return sources.isEmpty();
    }

    /** The wake-up to schedule so that a deadline is noticed, unless an early enough one is armed. */
    Optional<WakeUp> arm(OptionalLong deadline) {
        if (deadline.isEmpty() || deadline.getAsLong() >= armed || isUnused()) {
            return Optional.empty();
        }
        armed = deadline.getAsLong();
        return Optional.of(new WakeUp(current, armed, Duration.ofNanos(Math.max(0, armed - now()))));
    }

    /** Notes that a wake-up came. */
    void woken(WakeUp wakeUp) {
        if (wakeUp.source == current && wakeUp.deadline == armed) {
            armed = NOT_ARMED;
        }
    }

    /**
     * A call to be scheduled, outside of the lock.
     *
     * @param source the clock to schedule it on
     * @param deadline the time it is for
     * @param delay how far away that is
     */
    record WakeUp(TimeSource source, long deadline, Duration delay) {}
}

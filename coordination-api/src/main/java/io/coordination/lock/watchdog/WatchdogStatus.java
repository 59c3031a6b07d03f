package io.coordination.lock.watchdog;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a {@link Watchdog} has seen so far. Times are wall times, for display.
 *
 * @param state where it stands
 * @param interval the time between two looks at present
 * @param startTime when it was started
 * @param extendCount how many looks found a renewal that had been sent since the look before and was acknowledged
 * @param failureCount how many found none
 * @param consecutiveFailures how many of them since the last success
 * @param lastExtendTime when the last success was seen; empty before the first
 * @param nextExtendTime when the next look is due; empty unless it is running
 * @param lastError what was wrong at the last failure, or why it ended; empty when there was nothing
 */
public record WatchdogStatus(
        State state,
        Duration interval,
        Instant startTime,
        long extendCount,
        long failureCount,
        int consecutiveFailures,
        Optional<Instant> lastExtendTime,
        Optional<Instant> nextExtendTime,
        Optional<CoordinationException> lastError) {

    /** Where a watchdog stands. */
    public enum State {
        /** Its lock is being moved to a longer lease; nothing is counted yet. */
        NEW,
        /** It prolongs the hold. */
        RUNNING,
        /** It was stopped, by a call or by the release of its lock. Final. */
        STOPPED,
        /** Its lock is lost. Final. */
        LOST
    }

    /**
     * Checks that nothing is {@code null}.
     *
     * @param state where it stands
     * @param interval the time between two looks at present
     * @param startTime when it was started
     * @param extendCount how many looks were a success
     * @param failureCount how many were not
     * @param consecutiveFailures how many of them since the last success
     * @param lastExtendTime when the last success was seen
     * @param nextExtendTime when the next look is due
     * @param lastError what was wrong last
     * @throws CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public WatchdogStatus {
        Checks.notNull("state", state);
        Checks.notNull("interval", interval);
        Checks.notNull("startTime", startTime);
        Checks.notNull("lastExtendTime", lastExtendTime);
        Checks.notNull("nextExtendTime", nextExtendTime);
        Checks.notNull("lastError", lastError);
    }

    /**
     * Whether it prolongs the hold.
     *
     * @return true in the state {@link State#RUNNING}
     */
    public boolean running() {
        return state == State.RUNNING;
    }
}

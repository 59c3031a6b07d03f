package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a watchdog has seen so far. Immutable, so that who asks gets numbers that fit together.
 *
 * @param successes how many looks found the lock renewed
 * @param failures how many did not
 * @param consecutiveFailures how many of these since the last success
 * @param lastSuccessMillis when that was, by the wall clock; meaningless before the first
 * @param error what was wrong last, or null
 */
record Looks(
        long successes,
        long failures,
        int consecutiveFailures,
        long lastSuccessMillis,
        @Nullable CoordinationException error) {

    static final Looks NOTHING = new Looks(0, 0, 0, 0, null);

    Looks success(long nowMillis) {
        return new Looks(successes + 1, failures, 0, nowMillis, error);
    }

    Looks failure(CoordinationException cause) {
        return new Looks(successes, failures + 1, consecutiveFailures + 1, lastSuccessMillis, cause);
    }

    /** There will be no more looks, and this is why. */
    Looks end(CoordinationException cause) {
        return new Looks(successes, failures, consecutiveFailures, lastSuccessMillis, cause);
    }

    Optional<Instant> lastSuccess() {
        return successes == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(lastSuccessMillis));
    }

    Optional<CoordinationException> lastError() {
        return Optional.ofNullable(error);
    }
}

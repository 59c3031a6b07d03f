package io.coordination.registry.internal;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between attempts: anything from nothing to a limit that doubles, so that the processes that lost the same server
 * do not come back at the same moment. Not thread-safe.
 */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(200);

    private final Duration longest;
    private Duration limit = FIRST;

    Backoff(Duration longest) {
        this.longest = longest;
    }

    Duration next() {
        Duration pause = upTo(limit);
        Duration doubled = limit.multipliedBy(2);
        limit = doubled.compareTo(longest) < 0 ? doubled : longest;
        return pause;
    }

    void reset() {
        limit = FIRST;
    }

    /** Any duration up to a limit. */
    static Duration upTo(Duration limit) {
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(limit.toNanos() + 1));
    }
}

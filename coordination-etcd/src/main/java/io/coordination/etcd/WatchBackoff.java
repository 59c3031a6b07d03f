package io.coordination.etcd;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The pauses between two openings of one watch: 50 ms doubling to 5 s, the upper half of each drawn at random. */
final class WatchBackoff {

    static final Duration LONGEST = Duration.ofSeconds(5);

    private static final Duration SHORTEST = Duration.ofMillis(50);

    private Duration ceiling = SHORTEST;

    /** The next pause. */
    Duration next() {
        Duration pause = jittered(ceiling);
        Duration doubled = ceiling.multipliedBy(2);
        ceiling = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return pause;
    }

    /** The longest pause at once, for what does not pass quickly. */
    Duration slowest() {
        ceiling = LONGEST;
        return next();
    }

    /** Begins anew after a time without trouble. */
    void reset() {
        ceiling = SHORTEST;
    }

    private static Duration jittered(Duration limit) {
        long half = limit.toNanos() / 2;
        return Duration.ofNanos(half + ThreadLocalRandom.current().nextLong(half + 1));
    }
}

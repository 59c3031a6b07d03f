package io.coordination.tests.lockchaos;

import java.time.Duration;

/**
 * What happens to a process that uses locks.
 *
 * @param kind what happens
 * @param process to which one, counted from 0
 * @param begin when it begins, counted from the start of the plan
 * @param length how long the process is gone or frozen
 */
record ProcessFault(Kind kind, int process, Duration begin, Duration length) {

    /** What can happen to a process. */
    enum Kind {
        /** It is killed without warning, and another one begins in its place. */
        KILL,
        /** It is frozen for longer than the TTL of its locks, and goes on. */
        FREEZE
    }

    Duration end() {
        return begin.plus(length);
    }

    @Override
    public String toString() {
        return String.format(
                "process %d %.1f-%.1f s %s", process, begin.toMillis() / 1_000.0, end().toMillis() / 1_000.0, kind);
    }
}

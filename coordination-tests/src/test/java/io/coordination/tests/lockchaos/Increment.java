package io.coordination.tests.lockchaos;

/**
 * An attempt to add one to the counter that a lock guards.
 *
 * @param lock the lock
 * @param token of the hold that made it
 * @param count what the counter was to become
 * @param outcome what is known about it
 */
record Increment(String lock, long token, long count, Outcome outcome) {

    /** What the process that made it was told. */
    enum Outcome {
        /** It was done. */
        ACKNOWLEDGED,
        /** It was not done. */
        REFUSED,
        /** Nothing: no answer came, or the process ended before. */
        UNKNOWN
    }
}

package io.coordination.benchmarks;

import java.time.Duration;

/**
 * How long and how much.
 *
 * @param rounds how often each peer has its turn; figures are medians over them
 * @param warmUp how long each peer does each work before the first round: a thousand calls a second are compiled only after some seconds
 * @param turn how long a turn takes
 * @param watchers the watchers of one prefix
 * @param smallMirror the keys of the small mirror
 * @param largeMirror the keys of the large mirror
 * @param holding what is held for the cost of renewals
 */
record Scale(
        int rounds, Duration warmUp, Duration turn, int watchers, int smallMirror, int largeMirror, Holding holding) {

    /**
     * What is held for the cost of renewals.
     *
     * @param keys by us, sharing leases
     * @param keysWithOwnLease by a peer that makes a lease for each key
     * @param ttl of the leases
     * @param settling how long nothing is counted, so that the cost of making the keys is over
     * @param watched how long messages and processor time are counted
     */
    record Holding(int keys, int keysWithOwnLease, Duration ttl, Duration settling, Duration watched) {}

    /** For figures. */
    static final Scale FULL = new Scale(
            5,
            Duration.ofSeconds(10),
            Duration.ofMillis(700),
            100,
            10_000,
            100_000,
            new Holding(10_000, 1_000, Duration.ofSeconds(9), Duration.ofSeconds(3), Duration.ofSeconds(18)));

    /** To see that everything works. */
    static final Scale QUICK = new Scale(
            1,
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            5,
            200,
            2_500,
            new Holding(50, 10, Duration.ofSeconds(3), Duration.ZERO, Duration.ofSeconds(1)));
}

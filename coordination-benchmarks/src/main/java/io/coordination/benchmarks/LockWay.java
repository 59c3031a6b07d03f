package io.coordination.benchmarks;

import java.util.List;

/**
 * A way of using a library's locks, and the peer that it is reported as.
 *
 * @param peer whose column its figures are in
 * @param name the first part of the names of the worker's workloads
 */
record LockWay(Peer peer, String name) {

    /** Releases in the background. */
    static final LockWay CLOSE = new LockWay(Peer.OURS, "close");

    /** Waits for the answer to each release. */
    static final LockWay UNLOCK = new LockWay(Peer.OURS, "unlock");

    /** Releases in the background, with group commit. */
    static final LockWay GROUPED = new LockWay(Peer.OURS, "grouped");

    static final LockWay JETCD = new LockWay(Peer.JETCD, "own");
    static final LockWay JETCD_SHARED = new LockWay(Peer.JETCD_SHARED, "shared");
    static final LockWay CURATOR = new LockWay(Peer.CURATOR, "mutex");
    static final LockWay REDISSON = new LockWay(Peer.REDISSON, "unfair");
    static final LockWay REDISSON_FAIR = new LockWay(Peer.REDISSON_FAIR, "fair");

    /** What stands beside ours, in every way that a user of theirs may choose. */
    static final List<LockWay> PEERS = List.of(JETCD, JETCD_SHARED, CURATOR, REDISSON, REDISSON_FAIR);
}

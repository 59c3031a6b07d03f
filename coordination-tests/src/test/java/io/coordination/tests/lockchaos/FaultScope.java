package io.coordination.tests.lockchaos;

/** Where the faults of a run happen. */
enum FaultScope {
    /** To the processes that use locks, and to their connections. */
    CLIENTS,
    /** To members of the cluster as well. */
    CLIENTS_AND_MEMBERS
}

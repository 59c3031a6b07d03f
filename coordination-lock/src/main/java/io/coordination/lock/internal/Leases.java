package io.coordination.lock.internal;

/** The leases that keys hang on: one, or two while they are being moved. Answers on any thread. */
interface Leases {

    /** Whether every lease that a key may be on is certainly alive. */
    boolean isValid();

    /** Whether no lease is left that a key could be on. */
    boolean areOver();
}

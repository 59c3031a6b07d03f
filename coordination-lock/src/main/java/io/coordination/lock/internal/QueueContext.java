package io.coordination.lock.internal;

import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;

/** What all parts of one lock's queue share. */
interface QueueContext {

    /** What the lock is called. */
    String name();

    /** The store and the time. */
    Environment env();

    /** Where everything about this lock runs. */
    SerialExecutor serial();

    /** The queue in the store. */
    QueueKeys keys();

    /**
     * The key of a place is certainly gone.
     *
     * @param revision of the deletion, 0 when unknown
     */
    void left(Place place, long revision);

    /** What decides. Confined to the serial executor. */
    QueueMachine machine();
}

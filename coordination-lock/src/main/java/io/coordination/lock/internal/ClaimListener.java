package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import java.util.Optional;

/** Hears what becomes of a claim, in its serial executor. */
interface ClaimListener {

    /** The keys are in their queues. */
    default void placed() {}

    /** What was claimed is ours. */
    void owned();

    /** There is no room, and the claim was not to wait. It is over. */
    void refused();

    /** The server could not be asked, or refused. The claim is over. */
    void failed(CoordinationException cause);

    /** A key is gone, or nothing proves any more that it is not. The claim is over, and the other keys go. */
    void lost(LockLostReason reason, Optional<Throwable> cause);
}

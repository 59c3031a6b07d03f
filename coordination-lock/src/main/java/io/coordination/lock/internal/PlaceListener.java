package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Hears what becomes of a place, in the serial executor of its lock. */
interface PlaceListener {

    /** The key is in the queue. */
    void placed(Place place);

    /** The lock belongs to this place. */
    void owned(Place place);

    /** The lock is not free, and this place was not to wait. It is over. */
    void refused(Place place);

    /** The server could not be asked, or refused. The place is over. */
    void failed(Place place, CoordinationException cause);

    /** The key is gone, or nothing proves any more that it is not. The place is over. */
    void lost(Place place, LockLostReason reason, Optional<Throwable> cause);

    /**
     * A place is over, whoever ended it.
     *
     * @param gone completes when its key is certainly gone
     */
    void leaving(CompletableFuture<Boolean> gone);
}

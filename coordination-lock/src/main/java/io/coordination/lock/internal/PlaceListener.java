package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import java.util.Optional;

/** Hears what becomes of a place, in the serial executor of its lock. At most one of these ends it. */
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
}

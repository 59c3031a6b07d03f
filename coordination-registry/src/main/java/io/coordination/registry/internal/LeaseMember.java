package io.coordination.registry.internal;

import io.coordination.store.KeyValue;
import java.util.Optional;

/** One who has a key on a lease, or is about to put it there. Asked and told on any thread. */
interface LeaseMember {

    /** The name of the key. */
    String key();

    /** Whether the key is believed to be on the lease. */
    boolean believes();

    /**
     * The key was not on the lease.
     *
     * @param found what a read says that was sent after it was missed
     * @return whether it is really missing
     */
    boolean missing(Optional<KeyValue> found);

    /** The session is lost. */
    void sessionLost();
}

package io.coordination.lock.internal;

import io.coordination.lock.LockLostReason;
import io.coordination.store.session.Session;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A hold as those see it who limit its time. */
interface LimitedHold {

    /** The name of the lock. */
    String key();

    /** Where everything about this hold runs. */
    Executor serial();

    /** Whether it is neither released nor lost, as far as is known. Safe on any thread. */
    boolean isOpen();

    /** The session that its key lives on at present. Safe on any thread. */
    Session session();

    /** The TTL of that session. Safe on any thread. */
    Duration ttl();

    /** Whether that session renews itself, being shared with others. Safe on any thread. */
    boolean isShared();

    /** Moves the key to a shared session of a TTL. Completes with the first answer; a lost one is repeated in the background. */
    CompletableFuture<Void> moveToShared(Duration ttl);

    /** Ends the hold as a loss and then releases the key. */
    void giveUp(LockLostReason reason, Optional<Throwable> cause);
}

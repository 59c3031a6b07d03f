package io.coordination.lock.internal;

import io.coordination.internal.Checks;
import io.coordination.lock.LockLost;
import io.coordination.lock.MultiLockHandle;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Locks that were granted together.
 *
 * @param env the store and the time
 * @param hold the grant
 * @param keys the names
 */
record HeldLocks(Environment env, ClaimHold hold, List<String> keys) implements MultiLockHandle {

    @Override
    public long fencingToken(String key) {
        if (!keys.contains(Checks.notNull("key", key))) {
            throw Checks.invalid("key", key, "the locks that are held here are " + hold.name());
        }
        // All keys were made in one transaction, so one token is that of each.
        return hold.token();
    }

    @Override
    public boolean isHeld() {
        return hold.isHeld();
    }

    @Override
    public Duration remaining() {
        return hold.remaining();
    }

    @Override
    public Duration ttl() {
        return hold.ttl();
    }

    @Override
    public boolean unlock() {
        return BoundedWait.uninterruptibly(env, hold.release(), "releasing the locks " + hold.name());
    }

    @Override
    public void close() {
        hold.release();
    }

    @Override
    public CompletionStage<LockLost> lost() {
        return hold.lost();
    }
}

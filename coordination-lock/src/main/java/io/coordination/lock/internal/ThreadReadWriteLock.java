package io.coordination.lock.internal;

import io.coordination.internal.Checks;
import io.coordination.lock.DistributedReadWriteLock;
import io.coordination.lock.LockOptions;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A distributed lock for readers and writers as one of the JDK.
 *
 * @param readLock the lock for reading
 * @param writeLock the lock for writing
 */
record ThreadReadWriteLock(ThreadLock readLock, ThreadLock writeLock) implements ReadWriteLock {

    static ThreadReadWriteLock of(DistributedReadWriteLock lock, LockOptions options) {
        if (options.fixedTtl()) {
            throw Checks.invalid("fixedTtl", true, "readers share a lease, so their locks cannot have a fixed TTL");
        }
        return new ThreadReadWriteLock(new ThreadLock(lock.read(), options), new ThreadLock(lock.write(), options));
    }
}

package io.coordination.lock.internal;

import io.coordination.internal.Checks;
import io.coordination.lock.DistributedReadWriteLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.NamedLock;
import io.coordination.lock.internal.queue.PlaceMode;

/**
 * A lock for readers and writers: the queue of the name with places of two modes.
 *
 * @param key the name
 * @param read the lock for reading
 * @param write the lock for writing
 * @param locks whose handles may be downgraded
 */
record ReadWriteLock(String key, NamedLock read, NamedLock write, QueueLocks locks)
        implements DistributedReadWriteLock {

    static ReadWriteLock of(QueueLocks locks, String key) {
        Checks.name("key", key);
        return new ReadWriteLock(
                key,
                new LockInMode(locks, key, PlaceMode.SHARED),
                new LockInMode(locks, key, PlaceMode.EXCLUSIVE),
                locks);
    }

    @Override
    public LockHandle downgrade(LockHandle write) {
        Checks.notNull("write", write);
        if (write instanceof Hold hold && hold.isOf(locks, key) && hold.mode().equals(PlaceMode.EXCLUSIVE)) {
            return hold.downgrade();
        }
        throw Checks.invalid("write", write.key(), "it is no handle of this lock that was acquired for writing");
    }
}

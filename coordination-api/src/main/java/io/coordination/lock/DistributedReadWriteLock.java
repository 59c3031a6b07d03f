package io.coordination.lock;

/**
 * A lock that many may hold for reading at the same time, or one for writing.
 *
 * <p>Readers and writers wait in one queue, so neither side starves: a reader that comes after a waiting writer waits for it, also
 * within one process. The exclusive locks of {@link DistributedLock} are writers of the same queue.
 *
 * <p><b>Tokens.</b> A writer's {@link LockHandle#fencingToken()} is greater than that of everybody who held the lock before.
 * Readers that hold it together are not ordered among each other: a resource compares the token of a reader with the greatest
 * <em>writer's</em> token that it has seen, and that of a writer with the greatest of all.
 *
 * <p><b>Down, not up.</b> A writer may become a reader without letting go, by {@link #downgrade}. A reader cannot become a writer:
 * two of them would wait for each other for ever. An {@link LockOptions#owner() owner} that holds the lock for reading and asks for
 * writing is refused with {@code VALIDATION_ERROR}; without an owner nobody can tell, and it waits for itself.
 *
 * <p>Readers of one process share a place in the queue when they ask with the same TTL. Each TTL needs one of its own, of which a
 * process has two at most, so give the readers of one lock the same one.
 *
 * <p>Thread-safe.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface DistributedReadWriteLock {
    /**
     * The name of the lock.
     *
     * @return the name as it was given
     */
    String key();

    /**
     * The lock for reading. {@link LockOptions#fixedTtl()} is refused, because readers share a lease.
     *
     * @return a view of this lock
     */
    NamedLock read();

    /**
     * The lock for writing: the same as {@link DistributedLock} with this name.
     *
     * @return a view of this lock
     */
    NamedLock write();

    /**
     * Turns a hold for writing into one for reading: nobody writes in between, and readers that wait may come in. Does not wait for
     * the server, which is told in the background; others may enter when it knows.
     *
     * @param write a held lock of this name, made by this coordinator for writing; it is released by this call
     * @return the hold for reading, with the same fencing token
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a handle of another lock or coordinator, or one
     *     that reads already; {@code CLOSED} when it was released
     * @throws io.coordination.LockLostException when it was lost
     */
    LockHandle downgrade(LockHandle write);
}

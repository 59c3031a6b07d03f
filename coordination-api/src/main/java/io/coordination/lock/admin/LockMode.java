package io.coordination.lock.admin;

/** What a place in a lock's queue wants of the lock. */
public enum LockMode {
    /** The lock for itself alone: an exclusive lock, or the write side of a read-write lock. */
    EXCLUSIVE,
    /** The lock together with others: the read side of a read-write lock. */
    SHARED,
    /** Some permits of a semaphore. */
    PERMITS,
    /** Something that this version does not know, written by a later version or by hand. */
    UNKNOWN
}

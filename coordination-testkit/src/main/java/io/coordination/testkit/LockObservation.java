package io.coordination.testkit;

/**
 * That a holder of an exclusive lock was told by {@code isHeld()} that it holds.
 *
 * @param lock the name of the lock
 * @param holder who asked: any name that no other holder has
 * @param token the fencing token of its hold
 * @param before monotonic time in nanoseconds, read before it asked
 * @param after the same, read after it was told
 */
public record LockObservation(String lock, String holder, long token, long before, long after) {}

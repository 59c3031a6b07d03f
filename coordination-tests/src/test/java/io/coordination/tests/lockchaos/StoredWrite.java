package io.coordination.tests.lockchaos;

/**
 * An increment that the servers have done.
 *
 * @param lock the lock that guards the counter
 * @param token of the hold that made it
 * @param count what the counter became
 * @param revision when
 */
record StoredWrite(String lock, long token, long count, long revision) {}

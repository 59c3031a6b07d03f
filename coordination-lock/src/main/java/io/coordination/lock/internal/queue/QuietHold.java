package io.coordination.lock.internal.queue;

/**
 * A lock that a single handle without an owner holds for the first time on its place, while nobody of this process waits and
 * nothing is known of others: what a machine makes itself anew from, see {@link QueueMachine#isOnly}.
 *
 * @param place its number
 * @param key of the place
 * @param mode of the place and of the hold
 * @param lease that the key hangs on
 * @param createRevision of the key
 */
public record QuietHold(long place, String key, PlaceMode mode, LeaseClass lease, long createRevision) {}

package io.coordination.lock.synchronizer;

/**
 * What a {@link DistributedCounter} has at one moment.
 *
 * @param value the number; 0 for a counter that nobody has written
 * @param version the store's revision of the write that made it; 0 for a counter that nobody has written. Versions of one
 *     counter only grow, and none comes back
 */
public record CounterValue(long value, long version) {}

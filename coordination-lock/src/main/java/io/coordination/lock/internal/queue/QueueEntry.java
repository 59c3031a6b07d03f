package io.coordination.lock.internal.queue;

/**
 * One key of a queue.
 *
 * @param key its name
 * @param createRevision what the order goes by
 * @param mode what it asks for
 * @param retaining whether its process may keep it while nobody works
 */
public record QueueEntry(String key, long createRevision, PlaceMode mode, boolean retaining) {}

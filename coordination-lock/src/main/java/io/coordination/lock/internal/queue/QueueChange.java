package io.coordination.lock.internal.queue;

import org.jspecify.annotations.Nullable;

/**
 * What happened to a key of a queue.
 *
 * @param key its name
 * @param entry the key as it is now, or null when it was deleted
 */
public record QueueChange(String key, @Nullable QueueEntry entry) {}

package io.coordination.lock.internal.queue;

import java.util.List;

/**
 * The whole queue as one answer showed it.
 *
 * @param revision the revision of the answer
 * @param entries its keys, in any order
 */
public record QueueView(long revision, List<QueueEntry> entries) {}

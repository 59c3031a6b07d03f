/**
 * The lock recipe: one queue of leased keys for each lock name, ordered by create revision.
 *
 * <p>Reading order: {@link io.coordination.lock.internal.QueueLocks} (the entry), {@code LockQueue} (the requests of this
 * process for one lock), {@code Place} (its key in the queue), {@code QueuePosition} (when a key owns: pure, no I/O),
 * {@code FencedAttempt}, {@code Departure} and {@code Fence} (how a key comes and goes when answers are lost), {@code Hold} (what
 * the user has).
 *
 * <p>Everything about one lock runs in one {@link io.coordination.store.SerialExecutor}; nothing blocks but the public
 * methods.
 */
@NullMarked
package io.coordination.lock.internal;

import org.jspecify.annotations.NullMarked;

/**
 * Many small transactions as one: {@link io.coordination.store.group.GroupCommit}, for callers that want it, and {@link
 * io.coordination.store.group.DeferredCommit} for transactions that nobody waits for. Built over {@link
 * io.coordination.store.Store} alone.
 */
@NullMarked
package io.coordination.store.group;

import org.jspecify.annotations.NullMarked;

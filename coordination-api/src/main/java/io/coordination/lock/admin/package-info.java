/** What operators see of locks, and what they may do: queues, force release, requests for a lock, deadlocks. */
@NullMarked
package io.coordination.lock.admin;

import org.jspecify.annotations.NullMarked;

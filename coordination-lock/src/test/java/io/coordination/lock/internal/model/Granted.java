package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;

/**
 * A hold that was given out.
 *
 * @param hold its number in its place
 */
record Granted(int thread, Attempt attempt, int hold, PlaceMode mode) {}

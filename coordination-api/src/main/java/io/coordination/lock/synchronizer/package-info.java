/** Semaphores, latches, barriers and counters that all processes of a namespace share. */
@NullMarked
package io.coordination.lock.synchronizer;

import org.jspecify.annotations.NullMarked;

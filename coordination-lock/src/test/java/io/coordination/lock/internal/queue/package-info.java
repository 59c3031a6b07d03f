/** Tests of the lock recipe, on a store in memory and mostly with a clock that a test moves. */
@NullMarked
package io.coordination.lock.internal.queue;

import org.jspecify.annotations.NullMarked;

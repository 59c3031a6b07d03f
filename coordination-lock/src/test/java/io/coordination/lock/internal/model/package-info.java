/** A search through all states of a system that is small enough, and what it needs: nothing of locks. */
@NullMarked
package io.coordination.lock.internal.model;

import org.jspecify.annotations.NullMarked;

/**
 * Copies of prefixes kept up to date: {@link io.coordination.store.mirror.Mirror}. Built over {@link
 * io.coordination.store.Store} alone.
 */
@NullMarked
package io.coordination.store.mirror;

import org.jspecify.annotations.NullMarked;

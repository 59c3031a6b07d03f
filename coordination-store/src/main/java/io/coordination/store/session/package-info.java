/**
 * Leases kept alive: {@link io.coordination.store.session.Session} is one, {@link io.coordination.store.session.Sessions} are
 * those of a recipe. Built over {@link io.coordination.store.Store} alone.
 */
@NullMarked
package io.coordination.store.session;

import org.jspecify.annotations.NullMarked;

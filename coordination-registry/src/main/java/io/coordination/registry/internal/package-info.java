/**
 * The service registry over a {@link io.coordination.store.Store}: registrations that are kept as wishes, and discovery
 * from a mirror of each service that somebody asked for. Internal: applications use {@code io.coordination.registry}.
 */
@NullMarked
package io.coordination.registry.internal;

import org.jspecify.annotations.NullMarked;

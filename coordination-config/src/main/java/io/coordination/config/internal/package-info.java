/** The configuration centre over a store: reads from a mirror, guarded writes, watches. Not for applications. */
@NullMarked
package io.coordination.config.internal;

import org.jspecify.annotations.NullMarked;

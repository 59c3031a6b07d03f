/**
 * Measures side by side: a coordinator, {@link io.coordination.benchmarks.Bench}, lets worker JVMs, one for each peer and each
 * with a class path of its own, do the same work in turn. Depends on no peer.
 */
@NullMarked
package io.coordination.benchmarks;

import org.jspecify.annotations.NullMarked;

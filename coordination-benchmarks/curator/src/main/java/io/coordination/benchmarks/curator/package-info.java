/** The work of the suites, done by Curator. */
@NullMarked
package io.coordination.benchmarks.curator;

import org.jspecify.annotations.NullMarked;

/** The work of the suites, done by Redisson. */
@NullMarked
package io.coordination.benchmarks.redisson;

import org.jspecify.annotations.NullMarked;

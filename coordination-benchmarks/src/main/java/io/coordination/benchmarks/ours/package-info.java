/** The work of the suites, done by this project. */
@NullMarked
package io.coordination.benchmarks.ours;

import org.jspecify.annotations.NullMarked;

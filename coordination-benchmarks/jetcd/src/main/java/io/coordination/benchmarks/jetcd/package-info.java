/** The work of the suites, done by jetcd-core. */
@NullMarked
package io.coordination.benchmarks.jetcd;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.coordination.benchmarks.jetcd;

import org.jspecify.annotations.NullMarked;

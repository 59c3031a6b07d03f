@NullMarked
package io.coordination.benchmarks;

import org.jspecify.annotations.NullMarked;

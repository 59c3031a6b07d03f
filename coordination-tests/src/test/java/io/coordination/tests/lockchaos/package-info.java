/** Locks used by several JVMs that are killed and frozen, over connections that break, on a cluster whose members fail. */
@NullMarked
package io.coordination.tests.lockchaos;

import org.jspecify.annotations.NullMarked;

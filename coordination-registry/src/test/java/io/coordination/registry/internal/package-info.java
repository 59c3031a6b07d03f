/** Tests of the registry on a store in memory, with a clock that tests move and faults that tests choose. */
@NullMarked
package io.coordination.registry.internal;

import org.jspecify.annotations.NullMarked;

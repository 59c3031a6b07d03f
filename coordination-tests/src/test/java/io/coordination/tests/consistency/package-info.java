/** Random operations under random faults, and the checks that nothing was lost, invented or done twice. */
@NullMarked
package io.coordination.tests.consistency;

import org.jspecify.annotations.NullMarked;

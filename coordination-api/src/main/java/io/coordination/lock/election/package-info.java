/** Leader election: one of a group leads for as long as it lives, in the order in which they stood. */
@NullMarked
package io.coordination.lock.election;

import org.jspecify.annotations.NullMarked;

/**
 * Distributed locks: at most one owner per name among all processes of a namespace, with a fencing token for the
 * resources that the lock protects.
 */
@NullMarked
package io.coordination.lock;

import org.jspecify.annotations.NullMarked;

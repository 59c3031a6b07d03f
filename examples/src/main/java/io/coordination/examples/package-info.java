/**
 * One runnable main for each capability, and {@link io.coordination.examples.Tour}, which shows them all. Every main takes
 * the endpoint as its only argument; without one it runs inside this JVM.
 */
@NullMarked
package io.coordination.examples;

import org.jspecify.annotations.NullMarked;

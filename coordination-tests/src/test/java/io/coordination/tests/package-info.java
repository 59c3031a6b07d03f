/**
 * Everything that needs all modules side by side: the contract suites on every engine, faults, and the architecture. The
 * names of contract classes say the engine ({@code OnMemory}, {@code OnEtcd34}, {@code OnEtcd35}): {@code ./verify} counts by
 * them.
 */
@NullMarked
package io.coordination.tests;

import org.jspecify.annotations.NullMarked;

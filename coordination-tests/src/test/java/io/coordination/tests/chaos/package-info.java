/** Random faults on real clusters, planned from a seed: for every test that wants to know what survives them. */
@NullMarked
package io.coordination.tests.chaos;

import org.jspecify.annotations.NullMarked;

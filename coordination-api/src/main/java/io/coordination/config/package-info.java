/** The configuration centre: typed values under hierarchical keys, versions, and watches. */
@NullMarked
package io.coordination.config;

import org.jspecify.annotations.NullMarked;

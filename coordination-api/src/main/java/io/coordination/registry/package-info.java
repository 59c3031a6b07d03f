/** The service registry: instances that stay registered until they are withdrawn, discovery, and watches. */
@NullMarked
package io.coordination.registry;

import org.jspecify.annotations.NullMarked;

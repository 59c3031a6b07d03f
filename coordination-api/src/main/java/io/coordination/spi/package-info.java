/** What an implementation of the SDK provides to the facade. Applications do not use this package. */
@NullMarked
package io.coordination.spi;

import org.jspecify.annotations.NullMarked;

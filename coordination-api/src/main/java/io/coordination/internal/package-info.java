/** Argument checks shared by the modules of this SDK. Not an API: it changes without notice. */
@NullMarked
package io.coordination.internal;

import org.jspecify.annotations.NullMarked;

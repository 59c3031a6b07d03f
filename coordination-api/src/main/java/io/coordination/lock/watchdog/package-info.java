/** Watchdogs: renewal of a hold with thresholds, callbacks and figures. */
@NullMarked
package io.coordination.lock.watchdog;

import org.jspecify.annotations.NullMarked;

/**
 * The entry point: the static facade {@link io.coordination.Coordination}, the {@link io.coordination.Coordinator} behind
 * it, the options of both, and the errors.
 *
 * <p>Bad arguments, {@code null} included, are a {@link io.coordination.CoordinationException} with the code
 * {@link io.coordination.ErrorCode#VALIDATION_ERROR}. Nothing but {@code CoordinationException} and, while waiting for a
 * lock, {@link java.lang.InterruptedException} leaves this API.
 */
@NullMarked
package io.coordination;

import org.jspecify.annotations.NullMarked;

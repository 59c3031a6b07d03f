/**
 * The assembly: a store for the endpoints, the recipes on it, and what they share.
 *
 * <p>{@link io.coordination.client.DefaultCoordinator} is the place where everything meets; nothing else in the SDK knows
 * engines and recipes at once.
 */
@NullMarked
package io.coordination.client;

import org.jspecify.annotations.NullMarked;

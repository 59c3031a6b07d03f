package io.coordination.config;

import io.coordination.internal.Checks;
import java.util.List;

/**
 * What a prefix watch tells its listener in one call: all keys under the prefix that one change set touched.
 *
 * <pre>{@code
 * config.watchPrefix("orders", String.class, batch -> {
 *     for (ConfigEvent<String> event : batch.events()) {
 *         if (event instanceof ConfigEvent.Initial<String> initial) {
 *             initial.value().ifPresent(value -> settings.put(event.key(), value));
 *         } else if (event instanceof ConfigEvent.Changed<String> changed) {
 *             settings.put(event.key(), changed.value());
 *         } else if (event instanceof ConfigEvent.Removed<String>) {
 *             settings.remove(event.key());
 *         } else if (event instanceof ConfigEvent.Unreadable<String> unreadable) {
 *             log.warn("keeping the old value of {}", event.key(), unreadable.cause());
 *         }
 *     }
 * });
 * }</pre>
 *
 * <p>Batches come in the order of strictly increasing revisions, never concurrently, and a change set is never split.
 *
 * @param <T> the type of the values
 * @param revision the revision that the listener has seen everything up to
 * @param resync true for the first batch of a watch (one {@link ConfigEvent.Initial} per present key, possibly none) and
 *     after a gap, or when the listener was too slow to hear of each change: then the events are the difference to what the listener knew and may stand for several change sets; false
 *     when they are exactly one change set
 * @param events the events, ordered by key; unmodifiable
 */
public record ConfigBatch<T>(long revision, boolean resync, List<ConfigEvent<T>> events) {
    /**
     * Copies the events.
     *
     * @param revision the revision that the listener has seen everything up to
     * @param resync true for the first batch of a watch (one {@link ConfigEvent.Initial} per present key
     * @param events the events
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public ConfigBatch {
        events = Checks.copyOf("events", events);
    }
}

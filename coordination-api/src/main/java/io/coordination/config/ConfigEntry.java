package io.coordination.config;

import io.coordination.internal.Checks;

/**
 * A configuration value together with its key and version.
 *
 * @param <T> the type it was read as
 * @param key the key it was read under
 * @param value the value
 * @param version what to expect in {@link ConfigCenter#compareAndSet} to replace exactly this value
 */
public record ConfigEntry<T>(String key, T value, Version version) {
    /**
     * Checks that nothing is {@code null}.
     *
     * @param key the key it was read under
     * @param value the value
     * @param version what to expect in {@link ConfigCenter#compareAndSet} to replace exactly this value
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a {@code null}
     */
    public ConfigEntry {
        Checks.notNull("key", key);
        Checks.notNull("value", value);
        Checks.notNull("version", version);
    }
}

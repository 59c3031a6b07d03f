package io.coordination.config;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import java.time.Instant;
import java.util.Optional;

/**
 * What a configuration watch tells its listener. The family is complete; handle it with:
 *
 * <pre>{@code
 * config.watch("orders.limit", Integer.class, event -> {
 *     if (event instanceof ConfigEvent.Initial<Integer> initial) {
 *         limit.set(initial.value().orElse(DEFAULT));
 *     } else if (event instanceof ConfigEvent.Changed<Integer> changed) {
 *         limit.set(changed.value());
 *     } else if (event instanceof ConfigEvent.Removed<Integer> removed) {
 *         limit.set(DEFAULT);
 *     } else if (event instanceof ConfigEvent.Unreadable<Integer> unreadable) {
 *         log.warn("keeping the old limit", unreadable.cause());
 *     }
 * });
 * }</pre>
 *
 * <p>The order of events, for one listener: revisions strictly increase (within a {@link ConfigBatch} they may be equal);
 * intermediate values may be skipped, the last one never is; calls never overlap. Between listeners there is no order.
 *
 * @param <T> the type of the value
 */
public sealed interface ConfigEvent<T> {
    /**
     * The key of the value, as {@link ConfigCenter#get(String, Class)} takes it.
     *
     * @return the whole key, also in a prefix watch
     */
    String key();

    /**
     * The revision of the store that the event shows.
     *
     * @return the revision of the write or removal; for {@link Initial} the revision at which the store was read
     */
    long revision();

    /**
     * When this process learned about it, by its wall clock.
     *
     * @return for display; do not order by it
     */
    Instant receivedAt();

    /**
     * The first event of a watch: the value that was there when it began.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param value the value, empty when the key does not exist
     * @param revision the revision at which the store was read
     * @param receivedAt when this process learned about it
     */
    record Initial<T>(String key, Optional<T> value, long revision, Instant receivedAt) implements ConfigEvent<T> {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param key the key
         * @param value the value
         * @param revision the revision at which the store was read
         * @param receivedAt when this process learned about it
         */
        public Initial {
            checkEvent(key, receivedAt);
            Checks.notNull("value", value);
        }
    }

    /**
     * A value was written, for the first time or over another.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param value the new value
     * @param previous the last readable value that this listener was told; empty when there was none, or the key was
     *     removed since
     * @param revision the revision of the write
     * @param receivedAt when this process learned about it
     */
    record Changed<T>(String key, T value, Optional<T> previous, long revision, Instant receivedAt)
            implements ConfigEvent<T> {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param key the key
         * @param value the new value
         * @param previous the last readable value that this listener was told
         * @param revision the revision of the write
         * @param receivedAt when this process learned about it
         */
        public Changed {
            checkEvent(key, receivedAt);
            Checks.notNull("value", value);
            Checks.notNull("previous", previous);
        }
    }

    /**
     * The key was removed.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param previous the last readable value that this listener was told, empty when none was readable
     * @param revision the revision of the removal; after a gap, the revision at which its absence was seen
     * @param receivedAt when this process learned about it
     */
    record Removed<T>(String key, Optional<T> previous, long revision, Instant receivedAt) implements ConfigEvent<T> {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param key the key
         * @param previous the last readable value that this listener was told
         * @param revision the revision of the removal
         * @param receivedAt when this process learned about it
         */
        public Removed {
            checkEvent(key, receivedAt);
            Checks.notNull("previous", previous);
        }
    }

    /**
     * A value was written that does not decode as the wanted type. The watch goes on; keep the last good value. Also the
     * first event of a watch when the present value does not decode.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param cause why, with the code {@code SERIALIZATION_ERROR}; its message never holds the value
     * @param revision the revision of the write
     * @param receivedAt when this process learned about it
     */
    record Unreadable<T>(String key, CoordinationException cause, long revision, Instant receivedAt)
            implements ConfigEvent<T> {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param key the key
         * @param cause why
         * @param revision the revision of the write
         * @param receivedAt when this process learned about it
         */
        public Unreadable {
            checkEvent(key, receivedAt);
            Checks.notNull("cause", cause);
        }
    }

    private static void checkEvent(String key, Instant receivedAt) {
        Checks.notNull("key", key);
        Checks.notNull("receivedAt", receivedAt);
    }
}

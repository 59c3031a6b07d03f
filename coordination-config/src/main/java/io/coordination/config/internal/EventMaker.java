package io.coordination.config.internal;

import io.coordination.CoordinationException;
import io.coordination.config.ConfigEvent;
import io.coordination.store.KeyValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the events of one listener and remembers, for each key, the last value that decoded: an unreadable value neither
 * replaces it nor ends the watch. Confined to the calls of that listener.
 *
 * @param <T> the type of the values
 */
final class EventMaker<T> {

    private final Wanted<T> type;
    private final Map<String, T> lastGood = new HashMap<>();

    EventMaker(Wanted<T> type) {
        this.type = type;
    }

    /** The first event about a key. */
    ConfigEvent<T> initial(String key, Optional<KeyValue> entry, long revision, Instant receivedAt) {
        if (entry.isEmpty()) {
            return new ConfigEvent.Initial<>(key, Optional.empty(), revision, receivedAt);
        }
        try {
            T value = ValueCodec.decode(key, entry.get().value(), type);
            lastGood.put(key, value);
            return new ConfigEvent.Initial<>(key, Optional.of(value), revision, receivedAt);
        } catch (CoordinationException e) {
            return new ConfigEvent.Unreadable<>(key, e, entry.get().modRevision(), receivedAt);
        }
    }

    /**
     * A later event about a key.
     *
     * @param revision the revision of the state that shows the change; after a gap the only one known for a removal
     */
    ConfigEvent<T> next(String key, Optional<KeyValue> entry, long revision, Instant receivedAt) {
        if (entry.isEmpty()) {
            Optional<T> previous = Optional.ofNullable(lastGood.remove(key));
            return new ConfigEvent.Removed<>(key, previous, revision, receivedAt);
        }
        long modRevision = entry.get().modRevision();
        try {
            T value = ValueCodec.decode(key, entry.get().value(), type);
            Optional<T> previous = Optional.ofNullable(lastGood.put(key, value));
            return new ConfigEvent.Changed<>(key, value, previous, modRevision, receivedAt);
        } catch (CoordinationException e) {
            return new ConfigEvent.Unreadable<>(key, e, modRevision, receivedAt);
        }
    }
}

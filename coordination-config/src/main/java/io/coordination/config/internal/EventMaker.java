package io.coordination.config.internal;

import io.coordination.CoordinationException;
import io.coordination.config.ConfigEvent;
import io.coordination.store.KeyValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the events of one listener and remembers, for each key, the entry that it heard of and the last value that decoded:
 * an unreadable value neither replaces that nor ends the watch. Confined to the calls of that listener.
 *
 * @param <T> the type of the values
 */
final class EventMaker<T> {

    private final Wanted<T> type;
    private final Map<String, T> lastGood = new HashMap<>();
    private final Map<String, KeyValue> heard = new HashMap<>();

    EventMaker(Wanted<T> type) {
        this.type = type;
    }

    /** Whether the listener knows of the key, be its value readable or not. */
    boolean knows(String key) {
        return heard.containsKey(key);
    }

    /** The entries as the listener knows them, by key. */
    Map<String, KeyValue> heard() {
        return heard;
    }

    /** The first event about a key. */
    ConfigEvent<T> initial(String key, Optional<KeyValue> entry, long revision, Instant receivedAt) {
        if (entry.isEmpty()) {
            return new ConfigEvent.Initial<>(key, Optional.empty(), revision, receivedAt);
        }
        heard.put(key, entry.get());
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
            heard.remove(key);
            Optional<T> previous = Optional.ofNullable(lastGood.remove(key));
            return new ConfigEvent.Removed<>(key, previous, revision, receivedAt);
        }
        heard.put(key, entry.get());
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

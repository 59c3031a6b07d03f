package io.coordination.config.internal;

import io.coordination.config.ConfigEvent;
import io.coordination.store.KeyValue;
import io.coordination.store.TimeSource;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorState;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One key, followed by one listener.
 *
 * @param <T> the type of its value
 */
final class KeyTopic<T> implements Following.Topic<KeyTopic.Seen> {

    private final String key;
    private final String storeKey;
    private final TimeSource time;
    private final Consumer<ConfigEvent<T>> listener;
    private final EventMaker<T> events;

    /** The key at a revision. */
    record Seen(boolean first, Optional<KeyValue> entry, long revision, Instant at) {}

    KeyTopic(String key, String storeKey, Wanted<T> type, TimeSource time, Consumer<ConfigEvent<T>> listener) {
        this.key = key;
        this.storeKey = storeKey;
        this.time = time;
        this.listener = listener;
        this.events = new EventMaker<>(type);
    }

    @Override
    public String subject() {
        return "config key " + key;
    }

    @Override
    public Seen first(MirrorState state) {
        return new Seen(true, state.get(storeKey), state.revision(), time.now());
    }

    @Override
    public Optional<Seen> next(MirrorChange change, MirrorState after) {
        for (MirrorChange.Change one : change.changes()) {
            if (one.key().equals(storeKey)) {
                return Optional.of(new Seen(false, one.after(), change.revision(), time.now()));
            }
        }
        return Optional.empty();
    }

    @Override
    public Class<?> listenerClass() {
        return listener.getClass();
    }

    @Override
    public Seen merge(Seen earlier, Seen later) {
        return new Seen(earlier.first, later.entry, later.revision, later.at);
    }

    @Override
    public void tell(Seen seen) {
        if (!seen.first && seen.entry.isEmpty() && !events.knows(key)) {
            return; // it came and went while the listener was busy
        }
        listener.accept(
                seen.first
                        ? events.initial(key, seen.entry, seen.revision, seen.at)
                        : events.next(key, seen.entry, seen.revision, seen.at));
    }
}

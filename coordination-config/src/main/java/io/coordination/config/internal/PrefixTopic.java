package io.coordination.config.internal;

import io.coordination.config.ConfigBatch;
import io.coordination.config.ConfigEvent;
import io.coordination.store.KeyValue;
import io.coordination.store.TimeSource;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All keys under a prefix, followed by one listener: one batch for each revision that touches them.
 *
 * @param <T> the type of their values
 */
final class PrefixTopic<T> implements Following.Topic<PrefixTopic.Seen> {

    private final String prefix;
    private final String storePrefix;
    private final KeyNames names;
    private final TimeSource time;
    private final Consumer<ConfigBatch<T>> listener;
    private final EventMaker<T> events;

    /** The keys that a batch is about, as they are at its revision. */
    record Seen(
            boolean first, boolean resync, SortedMap<String, Optional<KeyValue>> entries, long revision, Instant at) {}

    PrefixTopic(String prefix, KeyNames names, Wanted<T> type, TimeSource time, Consumer<ConfigBatch<T>> listener) {
        this.prefix = prefix;
        this.storePrefix = names.storePrefix(prefix);
        this.names = names;
        this.time = time;
        this.listener = listener;
        this.events = new EventMaker<>(type);
    }

    @Override
    public String subject() {
        return "config prefix " + prefix;
    }

    @Override
    public Seen first(MirrorState state) {
        SortedMap<String, Optional<KeyValue>> entries = new TreeMap<>();
        state.entries()
                .forEach((storeKey, entry) ->
                        names.under(storePrefix, storeKey).ifPresent(name -> entries.put(name, Optional.of(entry))));
        return new Seen(true, true, entries, state.revision(), time.now());
    }

    @Override
    public Optional<Seen> next(MirrorChange change) {
        SortedMap<String, Optional<KeyValue>> entries = new TreeMap<>();
        for (MirrorChange.Change one : change.changes()) {
            names.under(storePrefix, one.key()).ifPresent(name -> entries.put(name, one.after()));
        }
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(new Seen(false, change.resync(), entries, change.revision(), time.now()));
    }

    @Override
    public void tell(Seen seen) {
        List<ConfigEvent<T>> batch = new ArrayList<>();
        seen.entries.forEach((name, entry) -> batch.add(
                seen.first
                        ? events.initial(name, entry, seen.revision, seen.at)
                        : events.next(name, entry, seen.revision, seen.at)));
        listener.accept(new ConfigBatch<>(seen.revision, seen.resync, batch));
    }
}

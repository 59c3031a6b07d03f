package io.coordination.config.internal;

import io.coordination.config.ConfigBatch;
import io.coordination.config.ConfigEvent;
import io.coordination.store.KeyValue;
import io.coordination.store.TimeSource;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All keys under a prefix, followed by one listener: one batch for each revision that touches them, and one for all
 * that a listener was too slow to hear.
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

    /**
     * What a batch is made of.
     *
     * @param entries what a step changed; for the other kinds it is found when the batch is told
     * @param state what the mirror shows
     */
    record Seen(Kind kind, SortedMap<String, Optional<KeyValue>> entries, MirrorState state, Instant at) {}

    /** What a batch brings. */
    private enum Kind {
        /** All that is there. */
        FIRST,
        /** One revision. */
        STEP,
        /** The difference over a gap in what the mirror saw. */
        GAP,
        /** The difference to what the listener heard, because it was too slow. */
        OVERTAKEN
    }

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
    public Class<?> listenerClass() {
        return listener.getClass();
    }

    @Override
    public Seen first(MirrorState state) {
        return new Seen(Kind.FIRST, Collections.emptySortedMap(), state, time.now());
    }

    @Override
    public Optional<Seen> next(MirrorChange change, MirrorState after) {
        SortedMap<String, Optional<KeyValue>> entries = new TreeMap<>();
        for (MirrorChange.Change one : change.changes()) {
            names.under(storePrefix, one.key()).ifPresent(name -> entries.put(name, one.after()));
        }
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(new Seen(change.resync() ? Kind.GAP : Kind.STEP, entries, after, time.now()));
    }

    @Override
    public Seen merge(Seen earlier, Seen later) {
        Kind kind = earlier.kind == Kind.FIRST ? Kind.FIRST : Kind.OVERTAKEN;
        return new Seen(kind, Collections.emptySortedMap(), later.state, later.at);
    }

    @Override
    public void tell(Seen seen) {
        List<ConfigEvent<T>> batch = new ArrayList<>();
        switch (seen.kind) {
            case FIRST ->
                present(seen.state)
                        .forEach((name, entry) ->
                                batch.add(events.initial(name, Optional.of(entry), revision(seen), seen.at)));
            case STEP, GAP -> add(seen.entries, seen, batch);
            case OVERTAKEN -> add(difference(present(seen.state)), seen, batch);
        }
        if (seen.kind == Kind.FIRST || !batch.isEmpty()) {
            listener.accept(new ConfigBatch<>(revision(seen), seen.kind != Kind.STEP, batch));
        }
    }

    private static long revision(Seen seen) {
        return seen.state.revision();
    }

    private void add(SortedMap<String, Optional<KeyValue>> entries, Seen seen, List<ConfigEvent<T>> batch) {
        entries.forEach((name, entry) -> batch.add(events.next(name, entry, revision(seen), seen.at)));
    }

    private SortedMap<String, KeyValue> present(MirrorState state) {
        SortedMap<String, KeyValue> present = new TreeMap<>();
        state.entries()
                .forEach((storeKey, entry) ->
                        names.under(storePrefix, storeKey).ifPresent(name -> present.put(name, entry)));
        return present;
    }

    /** What differs from what the listener knows. */
    private SortedMap<String, Optional<KeyValue>> difference(SortedMap<String, KeyValue> present) {
        SortedMap<String, Optional<KeyValue>> differs = new TreeMap<>();
        present.forEach((name, entry) -> {
            if (!entry.equals(events.heard().get(name))) {
                differs.put(name, Optional.of(entry));
            }
        });
        events.heard().keySet().forEach(name -> {
            if (!present.containsKey(name)) {
                differs.put(name, Optional.empty());
            }
        });
        return differs;
    }
}

package io.coordination.config.internal;

import io.coordination.Instrumentation;
import io.coordination.config.ConfigEntry;
import io.coordination.config.Version;
import io.coordination.internal.Checks;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.ShieldedInstrumentation;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorState;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The local picture of the configuration: one mirror, opened at the first use, and the values decoded from it. Thread-safe;
 * nothing blocks.
 *
 * <p>A slot for each key that was asked for remembers its key in the store and, for values that may be {@linkplain
 * Shareable shared}, the last decoded value together with the very entry it was decoded from: as long as the mirror shows
 * that entry, the value is right.
 */
final class View {

    private static final int MOST_SLOTS = 10_000;

    private final Environment env;
    private final Instrumentation.Mirrors observer;
    private final KeyNames names;
    private final Calls calls;
    private final ConcurrentMap<String, Slot> slots = new ConcurrentHashMap<>();
    private final ReentrantLock opening = new ReentrantLock(); // guards the step from no mirror to a mirror

    private volatile @Nullable Mirror mirror;

    View(Environment env, KeyNames names, Calls calls) {
        this.env = env;
        this.observer =
                ShieldedInstrumentation.of(env.options().instrumentation()).mirrors("config");
        this.names = names;
        this.calls = calls;
    }

    /** The mirror; opens it. */
    Mirror mirror() {
        Mirror open = mirror;
        return open == null ? open() : open;
    }

    private Mirror open() {
        opening.lock();
        try {
            calls.checkOpen();
            Mirror open = mirror;
            if (open == null) {
                open = Mirror.open(env.store(), env.time(), names.root(), observer);
                mirror = open;
            }
            return open;
        } finally {
            opening.unlock();
        }
    }

    /** The mirror, if something was read before. */
    Optional<Mirror> mirrorIfOpen() {
        return Optional.ofNullable(mirror);
    }

    /** The present state; null, and nothing is opened, when the configuration was not read before. */
    @Nullable
    MirrorState stateIfLoaded() {
        Mirror open = mirror;
        return open != null && open.isLoaded() ? open.state() : null;
    }

    boolean isLoaded() {
        return stateIfLoaded() != null;
    }

    /** The entry of a key as far as is known without asking: it may be behind, and nothing is opened. */
    Optional<KeyValue> lastKnown(String storeKey) {
        Mirror open = mirror;
        return open == null ? Optional.empty() : open.state().get(storeKey);
    }

    /** The state, as soon as there is one. */
    CompletableFuture<MirrorState> loaded() {
        return mirror().ready();
    }

    /** The slot of a key, after a check of the key. */
    Slot slot(String key) {
        Slot known = slots.get(Checks.notNull("key", key));
        return known == null ? newSlot(key) : known;
    }

    private Slot newSlot(String key) {
        Slot slot = new Slot(key, names.storeKey(Checks.configKey("key", key)));
        if (slots.size() >= MOST_SLOTS) {
            slots.clear();
        }
        slots.put(key, slot);
        return slot;
    }

    /** The keys under a prefix, sorted. */
    List<String> list(MirrorState state, String prefix) {
        String storePrefix = names.storePrefix(prefix);
        List<String> found = new ArrayList<>();
        state.entries()
                .keySet()
                .forEach(storeKey -> names.under(storePrefix, storeKey).ifPresent(found::add));
        Collections.sort(found);
        return List.copyOf(found);
    }

    /** Ends the mirror. Nothing is opened afterwards, when {@link Calls} is closed first. */
    void close() {
        opening.lock();
        try {
            mirrorIfOpen().ifPresent(Mirror::close);
            slots.clear();
        } finally {
            opening.unlock();
        }
    }

    /** One key that was asked for. */
    static final class Slot {

        private final String key;
        private final String storeKey;
        private volatile @Nullable Decoded memo;

        Slot(String key, String storeKey) {
            this.key = key;
            this.storeKey = storeKey;
        }

        /** Reading this key, as the subject of a sentence. */
        String reading() {
            return "reading config key '" + key + "'";
        }

        /**
         * The value in a state.
         *
         * @throws io.coordination.CoordinationException {@code SERIALIZATION_ERROR} when it does not decode
         */
        <T> Optional<T> value(MirrorState state, Wanted<T> type) {
            KeyValue entry = state.entries().get(storeKey);
            if (entry == null) {
                memo = null;
                return Optional.empty();
            }
            return decoded(entry, type);
        }

        @SuppressWarnings({"unchecked", "ReferenceEquality"
        }) // a memo holds what decoding its very entry as its type gave
        private <T> Optional<T> decoded(KeyValue entry, Wanted<T> type) {
            Decoded known = memo;
            if (known != null && known.entry == entry && known.type.equals(type.type())) {
                return (Optional<T>) known.value;
            }
            T value = ValueCodec.decode(key, entry.value(), type);
            Optional<T> found = Optional.of(value);
            if (Shareable.is(value)) {
                memo = new Decoded(entry, type.type(), found);
            }
            return found;
        }

        /**
         * The value and version in a state.
         *
         * @throws io.coordination.CoordinationException {@code SERIALIZATION_ERROR} when it does not decode
         */
        <T> Optional<ConfigEntry<T>> entry(MirrorState state, Wanted<T> type) {
            return state.get(storeKey)
                    .flatMap(entry -> decoded(entry, type)
                            .map(value -> new ConfigEntry<>(key, value, new Version(entry.modRevision()))));
        }
    }

    private record Decoded(KeyValue entry, Type type, Optional<?> value) {}
}

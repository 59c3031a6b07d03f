package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.admin.LockMode;
import io.coordination.store.JsonCodec;
import io.coordination.store.KeyValue;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key of a queue as anybody may read it, whichever version wrote it: what cannot be read is not known, and the key still
 * has its place.
 *
 * @param entry the key
 * @param mode what it wants
 * @param permits how many permits, 1 where they are not counted
 * @param label the owner's label
 * @param since when it joined the queue
 */
record StoredPlace(KeyValue entry, LockMode mode, int permits, Optional<String> label, Optional<Instant> since) {

    private static final Pattern PERMITS = Pattern.compile("p([1-9][0-9]{0,8})");

    /** What this version reads of a value; everything may be missing. */
    private record Value(
            @Nullable String m,
            @Nullable String o,
            @Nullable String t) {}

    static StoredPlace of(KeyValue entry) {
        Value value = value(entry);
        String m = value.m() == null ? "" : value.m();
        Matcher permits = PERMITS.matcher(m);
        Optional<String> label = Optional.ofNullable(value.o()).filter(text -> !text.isEmpty());
        Optional<Instant> since = Optional.ofNullable(value.t()).flatMap(Letter::instant);
        if (permits.matches()) {
            return new StoredPlace(entry, LockMode.PERMITS, Integer.parseInt(permits.group(1)), label, since);
        }
        LockMode mode = switch (m) {
            case "w" -> LockMode.EXCLUSIVE;
            case "r" -> LockMode.SHARED;
            default -> LockMode.UNKNOWN;
        };
        return new StoredPlace(entry, mode, 1, label, since);
    }

    private static Value value(KeyValue entry) {
        try {
            return JsonCodec.read(entry.value(), Value.class);
        } catch (CoordinationException unreadable) {
            return new Value(null, null, null);
        }
    }

    String key() {
        return entry.key();
    }

    long revision() {
        return entry.createRevision();
    }

    /** Whether it keeps a later place from the lock for as long as it is there. Permits have no such answer. */
    boolean blocks(StoredPlace later) {
        return revision() < later.revision() && !(mode == LockMode.SHARED && later.mode == LockMode.SHARED);
    }
}

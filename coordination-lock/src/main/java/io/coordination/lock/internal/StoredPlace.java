package io.coordination.lock.internal;

import io.coordination.lock.admin.LockMode;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.store.KeyValue;
import java.time.Instant;
import java.util.Optional;

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

    static StoredPlace of(KeyValue entry) {
        Optional<Membership> value = Membership.read(entry.value());
        Optional<PlaceMode> mode = value.flatMap(Membership::mode);
        return new StoredPlace(
                entry,
                mode.map(StoredPlace::publicMode).orElse(LockMode.UNKNOWN),
                mode.map(PlaceMode::permits).filter(permits -> permits > 0).orElse(1),
                value.map(Membership::o).filter(label -> !label.isEmpty()),
                value.map(Membership::t).flatMap(Letter::instant));
    }

    private static LockMode publicMode(PlaceMode mode) {
        return switch (mode.kind()) {
            case 'w' -> LockMode.EXCLUSIVE;
            case 'r' -> LockMode.SHARED;
            default -> LockMode.PERMITS;
        };
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

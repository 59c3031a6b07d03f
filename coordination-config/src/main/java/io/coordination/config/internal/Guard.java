package io.coordination.config.internal;

import io.coordination.config.Version;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn.Compare;
import java.util.Optional;

/**
 * The state of a key that a write is allowed to replace.
 *
 * @param key the key in the store
 * @param modRevision the revision of its last put; 0 when it must not exist
 * @param known the entry itself, when it is known: it tells how many puts happened since
 */
record Guard(String key, long modRevision, Optional<KeyValue> known) {

    /** What another state of the key says about a put under this guard. */
    enum Standing {
        /** It is still the state of the guard: not applied up to now. */
        UNTOUCHED,
        /** Another put, and no other change, came first: not applied, and never will be. */
        SUPERSEDED,
        /** It may have been applied and then replaced or deleted. */
        UNCLEAR
    }

    static Guard absent(String key) {
        return new Guard(key, 0, Optional.empty());
    }

    /** Guards what was read: an entry, or that there is none. */
    static Guard of(String key, Optional<KeyValue> current) {
        return new Guard(key, current.map(KeyValue::modRevision).orElse(0L), current);
    }

    /** Guards an expected version; the last known entry helps to judge when it has that version. */
    static Guard of(String key, Version expected, Optional<KeyValue> lastKnown) {
        return new Guard(
                key, expected.revision(), lastKnown.filter(entry -> entry.modRevision() == expected.revision()));
    }

    Compare compare() {
        return modRevision == 0 ? Compare.absent(key) : Compare.modifiedAt(key, modRevision);
    }

    /** Judges an unanswered put by a state read after it that the put did not make. */
    Standing standing(Optional<KeyValue> current) {
        if (modRevision == 0) {
            // Absent, created by us, deleted by another: that looks like untouched, and a second try would undo the
            // delete.
            return Standing.UNCLEAR;
        }
        if (current.isPresent() && current.get().modRevision() == modRevision) {
            return Standing.UNTOUCHED;
        }
        boolean onePut = known.isPresent()
                && current.isPresent()
                && isSameLife(current.get(), known.get())
                && current.get().version() == known.get().version() + 1;
        return onePut ? Standing.SUPERSEDED : Standing.UNCLEAR;
    }

    /** Whether the key was not deleted in between. */
    static boolean isSameLife(KeyValue one, KeyValue other) {
        return one.createRevision() == other.createRevision();
    }
}

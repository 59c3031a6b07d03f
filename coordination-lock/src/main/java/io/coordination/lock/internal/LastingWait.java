package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A wait that lasts, as the process of its owner publishes it: part of the stored format, so the names are short and never
 * change.
 *
 * @param o the owner, in words that no other owner has
 * @param n what people call the owner
 * @param p the node of its process
 * @param k the queue key that it waits with
 * @param r the revision that made the key
 * @param b whether the place belongs to the lock already, and the owner waits for those who hold by it
 * @param a the owners that wait with the same key and come before
 * @param h what the owner holds
 */
record LastingWait(String o, String n, String p, String k, long r, boolean b, List<String> a, List<Held> h) {

    /** In which order waits are given up in a deadlock, the last first: by revision, then by key, then by owner. */
    static final Comparator<LastingWait> RANK = Comparator.comparingLong(LastingWait::r)
            .thenComparing(LastingWait::k)
            .thenComparing(LastingWait::o);

    /**
     * A hold.
     *
     * @param k the queue key that it holds by
     * @param r the revision that made the key
     * @param j the number of the hold among those of that key
     */
    record Held(String k, long r, int j) {

        /** Refuses a hold in which something is missing. */
        Held {
            Objects.requireNonNull(k, "k");
        }

        PlaceRef place() {
            return new PlaceRef(k, r);
        }
    }

    /**
     * One key of a queue and no other of its name.
     *
     * @param key the key
     * @param revision the revision that made it
     */
    record PlaceRef(String key, long revision) {}

    /** Refuses a wait in which something is missing, and keeps copies of the lists. */
    LastingWait {
        Objects.requireNonNull(o, "o");
        Objects.requireNonNull(n, "n");
        Objects.requireNonNull(p, "p");
        Objects.requireNonNull(k, "k");
        a = List.copyOf(a);
        h = List.copyOf(h);
    }

    /** What was published; nothing when it cannot be read. */
    static Optional<LastingWait> read(Bytes value) {
        try {
            return Optional.of(JsonCodec.read(value, LastingWait.class));
        } catch (CoordinationException unreadable) {
            return Optional.empty();
        }
    }

    Bytes written() {
        return JsonCodec.write(this);
    }

    PlaceRef place() {
        return new PlaceRef(k, r);
    }
}

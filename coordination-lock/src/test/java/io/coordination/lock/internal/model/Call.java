package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;
import java.util.List;

/** The transactions of the lock protocol, and the read of a queue, as they travel to the server. */
sealed interface Call {

    /** What a queue key is put with. */
    record Ticket(String key, PlaceMode mode, boolean retaining, int lease) {
        @Override
        public String toString() {
            return key + mode.text();
        }
    }

    /** Joins the queue unless the key exists or the fence was moved. */
    record Enqueue(long place, Ticket ticket, long fence) implements Call {}

    /** Joins the queue only if nothing in it is newer than a revision; 0 when it has to be empty. */
    record Attempt(long place, Ticket ticket, long fence, long unchangedSince) implements Call {}

    /** Deletes a key and puts another one. */
    record Requeue(long place, String oldKey, long oldRevision, Ticket ticket) implements Call {}

    /** Makes a key's mode weaker. */
    record Weaken(long place, String key, long revision, PlaceMode mode) implements Call {}

    /** Deletes the key that was made at a revision. */
    record Release(long place, String key, long revision) implements Call {}

    /** Moves a fence and deletes keys. */
    record Close(int lease, long fence, List<String> keys) implements Call {}

    /** Reads the queue. */
    record Read() implements Call {}
}

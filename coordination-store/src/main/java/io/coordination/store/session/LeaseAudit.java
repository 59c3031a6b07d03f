package io.coordination.store.session;

import io.coordination.store.KeyValue;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What a recipe knows of the keys on one lease, so that {@link Session#audit} can compare it with what the server has.
 * Called on threads of the engine and of the time source: thread-safe, short, without blocking.
 */
public interface LeaseAudit {

    /** The keys that the recipe believes to be on the lease at this moment. */
    Set<String> believed();

    /**
     * Whether a key may be on the lease by something that is not over: believed, put but not answered yet, or being deleted.
     * A key is known from before its first put is sent until it is certain that it is gone.
     */
    boolean knows(String key);

    /**
     * A believed key was not on the lease. The recipe gives it up or restores it, if it still believes in it.
     *
     * @param found what a linearizable read answered that was sent after the key was missed
     * @return whether the key is really missing
     */
    boolean missing(String key, Optional<KeyValue> found);

    /**
     * Deletes exactly this entry, which is on the lease although nobody here knows its key.
     *
     * @return completes when an answer arrived
     */
    CompletableFuture<?> remove(KeyValue leftover);
}

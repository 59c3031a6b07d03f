package io.coordination.store;

import io.coordination.CoordinationException;
import java.util.List;

/**
 * Hears what a watch sees. Calls for one watch never overlap and come in order, on a thread of the engine: they must not
 * block.
 */
public interface WatchListener {

    /**
     * The server has the watch: called the first time and after each reconnect. Not a position: a watch from a past
     * revision delivers changes below this one afterwards.
     *
     * @param revision a revision after which the watch misses nothing; for a watch "from now" its floor
     */
    default void onOpened(long revision) {}

    /** All changes of one revision. */
    void onRevision(long revision, List<WatchEvent> events);

    /** Everything up to a revision has been delivered. Comes as often as the server likes. */
    default void onProgress(long revision) {}

    /**
     * The connection broke or the server refused the watch. It is being opened again from where it stood: nothing is missed
     * unless {@link #onHistoryLost} follows.
     */
    default void onInterrupted(CoordinationException cause) {}

    /**
     * Changes that were not delivered are gone: compacted, or the store was restored. The watch has ended; who needs the
     * state reads it anew.
     *
     * @param firstRevision the oldest revision that can still be watched, or 0 when unknown
     */
    void onHistoryLost(long firstRevision);
}

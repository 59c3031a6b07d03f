package io.coordination.lock.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request waits.
 *
 * @param key the queue key of its place
 * @param revision the revision that made the key
 * @param fence of the lease that the key hangs on
 * @param behindHolders whether the place has the lock already, so that the request waits for those who hold by it
 * @param before the requests of this process that come first
 */
record Whereabouts(String key, long revision, Fence fence, boolean behindHolders, List<Request> before) {

    /** Finds requests. */
    interface Locator {
        /**
         * Tells where a request waits, in the serial executor of its lock, so that it still waits there while it is told; null
         * when it does not wait, or has no place at present.
         */
        void locate(Request request, Told told);

        /** A request has ended by itself. */
        void withdrawn(Request request);
    }

    /** Hears where a request waits. */
    @FunctionalInterface
    interface Told {
        /** Called once. */
        void waitsAt(@Nullable Whereabouts place);
    }
}

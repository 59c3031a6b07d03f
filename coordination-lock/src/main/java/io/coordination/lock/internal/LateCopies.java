package io.coordination.lock.internal;

/**
 * The copies of a request whose answers were lost: each may be applied at any later time, as long as the fence has the revision
 * that the copy carried. Thread-safe.
 */
final class LateCopies {

    private static final long NONE = -1;

    private final Fence fence;
    private volatile long carried = NONE;

    LateCopies(Fence fence) {
        this.fence = fence;
    }

    /** There is one more, which carried this revision; earlier ones carried it too or come too late. */
    void add(long fenceRevision) {
        carried = fenceRevision;
    }

    /** Whether one could still be applied. */
    boolean arePossible() {
        return carried == fence.revision();
    }
}

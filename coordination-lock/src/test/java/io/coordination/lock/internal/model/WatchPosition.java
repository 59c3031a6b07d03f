package io.coordination.lock.internal.model;

/**
 * How far a watch has come.
 *
 * @param seen the revision up to which its events were delivered
 */
record WatchPosition(Stage stage, long seen) {

    static final WatchPosition CLOSED = new WatchPosition(Stage.CLOSED, 0);
    static final WatchPosition ASKED = new WatchPosition(Stage.ASKED, 0);

    enum Stage {
        CLOSED,
        /** The server does not know of it yet. */
        ASKED,
        /** The server has it from a revision on, and the process has not heard of that. */
        CREATED,
        LIVE
    }

    static WatchPosition created(long revision) {
        return new WatchPosition(Stage.CREATED, revision);
    }

    WatchPosition live() {
        return new WatchPosition(Stage.LIVE, seen);
    }

    WatchPosition at(long revision) {
        return new WatchPosition(stage, revision);
    }

    boolean isFollowing() {
        return stage == Stage.CREATED || stage == Stage.LIVE;
    }
}

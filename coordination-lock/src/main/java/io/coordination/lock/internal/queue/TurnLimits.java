package io.coordination.lock.internal.queue;

/** When the turn of a place is limited: as soon as another process waits behind it, or cannot be excluded to. */
final class TurnLimits {

    private final QueueSink sink;
    private final WatchState watch;

    TurnLimits(QueueSink sink, WatchState watch) {
        this.sink = sink;
        this.watch = watch;
    }

    boolean isLimited(QueuePlace place) {
        return !watch.isConfirmed() || !place.isCovered() || place.blocksOthers();
    }

    /** A hold of a place begins. */
    void held(QueuePlace place) {
        place.turn.held(isLimited(place));
    }

    /** Whether a request may hold a place beside those who do. */
    boolean mayJoin(QueuePlace place, LocalRequest request) {
        return place.turn.allows(request.localBatch(), isLimited(place));
    }

    /** Whether a request may hold a place after those who did; then others have to be looked for. */
    boolean mayFollow(QueuePlace place, LocalRequest request) {
        boolean may = place.turn.allows(request.localBatch(), isLimited(place));
        if (may) {
            watch.want();
        }
        return may;
    }

    /** Somebody of this process waits while a place is owned: others are looked for, and limit its turn in time as well. */
    void limit(QueuePlace place) {
        watch.want();
        if (!isLimited(place)) {
            if (place.turn.isTimed()) {
                sink.disarm(QueueTimer.BATCH);
            }
            place.turn.unlimited();
        } else if (place.turn.begin()) {
            sink.arm(QueueTimer.BATCH, QueueMachine.TURN_NANOS);
        }
    }
}

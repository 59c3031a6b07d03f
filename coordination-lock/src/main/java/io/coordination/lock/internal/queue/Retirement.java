package io.coordination.lock.internal.queue;

import java.util.List;

/** How a machine ends: at once, or after a while when it has a watch, because waiters tend to come back. */
final class Retirement {

    private static final long IDLE_NANOS = 5_000_000_000L;

    private final QueueSink sink;
    private final WatchState watch;
    private final RequestLine line;
    private final QueuePlaces places;
    private boolean idling;
    private boolean retired;
    private boolean closed;

    Retirement(QueueSink sink, WatchState watch, RequestLine line, QueuePlaces places) {
        this.sink = sink;
        this.watch = watch;
        this.line = line;
        this.places = places;
    }

    /** Whether it was decided from outside that nothing is to be wanted any more. */
    boolean isClosed() {
        return closed;
    }

    boolean isRetired() {
        return retired;
    }

    void close() {
        closed = true;
    }

    /** Retires when nothing is wanted, held or under way, or begins to wait with it. */
    void rest() {
        if (retired || isBusy()) {
            return;
        }
        if (!watch.isOpen()) {
            retire();
        } else if (!idling) {
            idling = true;
            sink.arm(QueueTimer.IDLE, IDLE_NANOS);
        }
    }

    /** Something is wanted again. */
    void stopIdling() {
        if (idling) {
            idling = false;
            sink.disarm(QueueTimer.IDLE);
        }
    }

    /** Nothing was wanted for a while. */
    void idled() {
        idling = false;
        if (!closed && !isBusy()) {
            watch.close();
            retire();
        }
    }

    /** After a close only the keys that are leaving are waited for. */
    void retireIfAllLeft() {
        if (!places.isAnyLeaving() && !retired) {
            retire();
        }
    }

    private boolean isBusy() {
        return places.isAnyCurrent() || !line.isEmpty() || places.isAnyLeaving();
    }

    private void retire() {
        retired = true;
        sink.retire();
    }

    Retirement copy(QueueSink other, WatchState itsWatch, RequestLine itsLine, QueuePlaces itsPlaces) {
        Retirement copy = new Retirement(other, itsWatch, itsLine, itsPlaces);
        copy.idling = idling;
        copy.retired = retired;
        copy.closed = closed;
        return copy;
    }

    Object state() {
        return List.of(idling, retired, closed);
    }
}

package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The requests of this process that hold nothing yet, first come first served, and what is said to them while they wait. */
final class RequestLine {

    private static final long PAUSE_NANOS = 500_000_000L;

    private final QueueSink sink;
    private final ArrayDeque<LocalRequest> requests = new ArrayDeque<>(1);
    private boolean pausing;

    RequestLine(QueueSink sink) {
        this.sink = sink;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /** The request whose turn it is. */
    @Nullable
    LocalRequest head() {
        return requests.peek();
    }

    void add(LocalRequest request) {
        requests.add(request);
    }

    void removeHead() {
        requests.remove();
    }

    /**
     * A request waits no longer.
     *
     * @return whether it did
     */
    boolean remove(LocalRequest request) {
        return requests.remove(request);
    }

    /** The requests of one owner. */
    List<LocalRequest> of(Object owner) {
        if (requests.isEmpty()) {
            return List.of();
        }
        List<LocalRequest> found = new ArrayList<>(0);
        for (LocalRequest request : requests) {
            if (owner.equals(request.owner())) {
                found.add(request);
            }
        }
        return found;
    }

    boolean contains(LocalRequest request) {
        return requests.contains(request);
    }

    /** The requests that come before one of them and block it. */
    List<LocalRequest> blocking(LocalRequest request) {
        List<LocalRequest> before = new ArrayList<>();
        for (LocalRequest other : requests) {
            if (other == request) {
                break;
            }
            if (other.mode().blocks(request.mode())) {
                before.add(other);
            }
        }
        return before;
    }

    // ---- what is said to them

    /** A key that serves everybody in line, or will make room for them, is in the queue. */
    void queued() {
        for (LocalRequest request : requests) {
            sink.queued(request);
        }
    }

    /** Such a key was in the queue before a request came. */
    void queued(LocalRequest request) {
        sink.queued(request);
    }

    /** A single try found the lock not free. */
    void refuse(LocalRequest request) {
        sink.refuse(request);
    }

    /** Nobody can be served any more. */
    void failAll(CoordinationException cause) {
        List.copyOf(requests).forEach(request -> sink.fail(request, cause));
        requests.clear();
    }

    /** Those who would be served by a place are not to wait for another one. */
    void failServedBy(QueuePlace place, CoordinationException cause) {
        List<LocalRequest> served = requests.stream().filter(place::serves).toList();
        requests.removeAll(served);
        served.forEach(request -> sink.fail(request, cause));
    }

    /** Requests that have waited in the queue ride an outage out; others learn that there is one. */
    void failUnlessEnduring(CoordinationException cause) {
        for (LocalRequest request : List.copyOf(requests)) {
            if (!request.endures(cause)) {
                requests.remove(request);
                sink.fail(request, cause);
            }
        }
    }

    // ---- pauses

    /** Whether nothing is to be tried for them at the moment. */
    boolean isPausing() {
        return pausing;
    }

    void pause() {
        pausing = true;
        sink.arm(QueueTimer.PAUSE, PAUSE_NANOS);
    }

    void pauseEnded() {
        pausing = false;
    }

    RequestLine copy(QueueSink other) {
        RequestLine copy = new RequestLine(other);
        copy.requests.addAll(requests);
        copy.pausing = pausing;
        return copy;
    }

    Object state() {
        return List.of(List.copyOf(requests), pausing);
    }
}

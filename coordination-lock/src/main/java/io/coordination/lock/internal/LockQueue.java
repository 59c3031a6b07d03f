package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All that this process wants of one lock: its requests, in order, and the one key that represents the first of them in
 * the store.
 *
 * <p>A release with further local requests deletes the key and queues the next in one transaction. A place that is left
 * goes away in the background: new requests do not wait for it, except a single try, which would find our own old key.
 * Everything runs in one serial executor.
 */
final class LockQueue implements QueueWatch.Listener, PlaceListener {

    private static final Duration WATCH_IDLE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final QueueLocks locks;
    private final String name;
    private final Environment env;
    private final LockSessions sessions;
    private final SerialExecutor serial = SerialExecutor.direct();
    private final QueueWatch watch;
    private final QueueContext context;

    private final Queue<Request> requests = new ArrayDeque<>();
    private final CompletableFuture<Void> allDeparted = new CompletableFuture<>();
    private @Nullable CompletableFuture<Fence> opening;
    private @Nullable Place place;
    private @Nullable Hold hold;
    private TimeSource.@Nullable Timer idle;
    private int departing;
    private boolean pausing;
    private boolean retired;
    private boolean closed;

    LockQueue(QueueLocks locks, String name, Environment env, LockSessions sessions) {
        this.locks = locks;
        this.name = name;
        this.env = env;
        this.sessions = sessions;
        QueueKeys keys = new QueueKeys(env.keys().lockPrefix(name));
        this.watch = new QueueWatch(env, keys.range(), serial, this);
        this.context = new QueueContext(env, serial, keys, watch);
    }

    /** Takes a request in; its answer comes through its future. */
    void submit(Request request) {
        serial.execute(() -> {
            if (closed) {
                request.fail(closedFailure());
            } else if (retired) {
                locks.submit(request);
            } else if (request.triesOnce() && isTaken()) {
                request.refuse();
            } else {
                requests.add(request);
                if (place != null && place.isQueued()) {
                    request.placed();
                }
                pump();
            }
        });
    }

    /** A request has ended by itself: by time, interrupt or cancellation. */
    void withdrawn(Request request) {
        serial.execute(() -> {
            if (requests.remove(request) || place != null) {
                pump();
            }
        });
    }

    /** Ends a hold and hands the lock on; true when this released it. */
    CompletableFuture<Boolean> release(Hold ended) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (hold != ended || place == null) {
                result.complete(false);
                return;
            }
            hold = null;
            Place left = place;
            Request next = firstOpen();
            CompletableFuture<Boolean> released;
            if (next != null && !next.triesOnce() && left.serves(next) && left.canHandOver()) {
                released = handOver(left, next);
            } else {
                released = depart(left);
                pump();
            }
            released.whenComplete((ours, failure) -> result.complete(failure == null && ours));
        });
        return result;
    }

    private CompletableFuture<Boolean> handOver(Place left, Request next) {
        Place successor = new Place(context, next, left.fence(), this);
        place = successor;
        CompletableFuture<Boolean> handedOver = successor.startBehind(left);
        left.handedOver(handedOver);
        leaving(handedOver);
        return handedOver;
    }

    private CompletableFuture<Boolean> depart(Place left) {
        if (place == left) {
            place = null;
        }
        return left.leave();
    }

    /**
     * Ends everything here. Holds are over at once, except that keys with a TTL of their own stay until it has passed.
     *
     * @return completes when every key is certainly gone
     */
    CompletableFuture<Void> close() {
        serial.execute(() -> {
            closed = true;
            requests.forEach(request -> request.fail(closedFailure()));
            requests.clear();
            opening = null;
            stopIdling();
            if (hold != null) {
                hold.lose(LockLostReason.CLOSED, Optional.empty());
            }
            if (place != null && hold != null && hold.hasFixedTtl()) {
                place.abandon();
                place = null;
            } else if (place != null) {
                depart(place);
            }
            hold = null;
            watch.close();
            endIfAllDeparted();
        });
        return allDeparted;
    }

    private void endIfAllDeparted() {
        if (closed && departing == 0) {
            locks.forget(name, this);
            allDeparted.complete(null);
        }
    }

    private CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the coordinator was closed while lock '" + name + "' was asked for");
    }

    private boolean isTaken() {
        return place != null || opening != null || !requests.isEmpty();
    }

    private @Nullable Request firstOpen() {
        Request first = requests.peek();
        while (first != null && !first.isOpen()) {
            requests.remove();
            first = requests.peek();
        }
        return first;
    }

    /** Brings requests and place together, whatever has changed. */
    private void pump() {
        if (closed || opening != null || pausing) {
            return;
        }
        Request first = firstOpen();
        if (place == null) {
            begin(first);
        } else if (hold != null) {
            return;
        } else if (first == null || !place.serves(first)) {
            depart(place);
            begin(firstOpen());
        } else if (place.isOwned()) {
            grant(place, first);
        }
    }

    private void grant(Place owned, Request first) {
        requests.remove();
        Hold granted = new Hold(this, owned, first, env);
        // Installed before it is told: the owner may release it at once.
        hold = granted;
        if (!first.grant(granted)) {
            hold = null;
            pump();
        }
    }

    private void begin(@Nullable Request first) {
        if (first == null) {
            rest();
            return;
        }
        if (first.triesOnce() && departing > 0) {
            return;
        }
        stopIdling();
        CompletableFuture<Fence> reserved =
                sessions.reserve(first.options().ttl(), first.options().fixedTtl());
        opening = reserved;
        reserved.whenComplete((fence, failure) -> serial.execute(() -> {
            if (opening != reserved) {
                if (failure == null) {
                    fence.session().release();
                }
                return;
            }
            opening = null;
            if (failure == null) {
                start(first, fence);
            } else {
                failRequests(Blocking.failure(failure, "opening a session for lock '" + name + "'"));
            }
        }));
    }

    private void start(Request first, Fence fence) {
        if (!first.isOpen()) {
            fence.session().release();
            pump();
            return;
        }
        Place started = new Place(context, first, fence, this);
        place = started;
        started.start();
    }

    /** Requests that have waited in the queue ride an outage out; others learn that there is one. */
    private void failRequests(CoordinationException cause) {
        requests.removeIf(request -> {
            boolean keeps = request.isOpen() && request.wasPlaced() && cause.retryable();
            if (!keeps) {
                request.fail(cause);
            }
            return !keeps;
        });
        if (requests.isEmpty()) {
            pump();
        } else {
            pausing = true;
            env.time()
                    .schedule(
                            PAUSE,
                            () -> serial.execute(() -> {
                                pausing = false;
                                pump();
                            }));
        }
    }

    /** Nothing to do: the watch stays for a while, because waiters tend to come back. */
    private void rest() {
        if (departing > 0 || retired) {
            return;
        }
        if (!watch.isOpen()) {
            retire();
        } else if (idle == null) {
            idle = env.time()
                    .schedule(
                            WATCH_IDLE,
                            () -> serial.execute(() -> {
                                if (idle != null && !closed && !isTaken() && departing == 0) {
                                    watch.close();
                                    retire();
                                }
                            }));
        }
    }

    private void stopIdling() {
        if (idle != null) {
            idle.cancel();
            idle = null;
        }
    }

    private void retire() {
        retired = true;
        locks.forget(name, this);
    }

    // ---- what the place says

    @Override
    public void placed(Place which) {
        if (which == place) {
            requests.forEach(Request::placed);
        }
    }

    @Override
    public void owned(Place which) {
        pump();
    }

    @Override
    public void refused(Place which) {
        if (which == place) {
            place = null;
            requests.remove(which.founder());
            which.founder().refuse();
            pump();
        }
    }

    @Override
    public void failed(Place which, CoordinationException cause) {
        if (which == place) {
            place = null;
            failRequests(cause);
        }
    }

    @Override
    public void lost(Place which, LockLostReason reason, Optional<Throwable> cause) {
        if (which != place) {
            return;
        }
        place = null;
        if (hold != null) {
            hold.lose(reason, cause);
            hold = null;
        }
        pump();
    }

    @Override
    public void leaving(CompletableFuture<Boolean> gone) {
        departing++;
        gone.whenComplete((ours, failure) -> serial.execute(() -> {
            departing--;
            endIfAllDeparted();
            pump();
        }));
    }

    // ---- what the watch says

    @Override
    public void onLive() {
        if (place != null) {
            place.watchIsLive();
        }
    }

    @Override
    public void onDeleted(String key, long revision) {
        if (place != null) {
            place.deleted(key, revision);
        }
    }

    @Override
    public void onGap() {
        if (place != null) {
            place.gap();
        }
    }

    // ---- renewals

    /** Renews the lease of a hold, or moves it to a lease of another TTL. */
    CompletableFuture<Void> renew(Place held, Request owner, Optional<Duration> ttl) {
        if (ttl.isEmpty() || ttl.get().equals(held.ttlClass())) {
            return held.renew();
        }
        return sessions.reserve(ttl.get(), owner.options().fixedTtl())
                .thenCompose(target -> held.rebind(target, ttl.get()));
    }
}

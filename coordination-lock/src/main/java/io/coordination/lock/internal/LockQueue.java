package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.lock.internal.queue.HandOver;
import io.coordination.lock.internal.queue.HoldEnd;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * All that this process wants of one lock. While anything happens to it, an {@link ActiveQueue} sees to that. A lock that is
 * merely held is at rest: then this object and the place are all there is of it, because thousands may be held.
 */
final class LockQueue implements QueueContext {

    private final QueueLocks locks;
    private final String name;
    private final SerialExecutor serial = SerialExecutor.direct();
    private @Nullable ActiveQueue active;
    private volatile @Nullable Place resting;
    private volatile @Nullable CompletableFuture<Void> ended;

    LockQueue(QueueLocks locks, String name) {
        this.locks = locks;
        this.name = name;
    }

    /** In the serial executor: what sees to the lock now. */
    private ActiveQueue active() {
        ActiveQueue known = active;
        if (known == null) {
            known = new ActiveQueue(this, locks, resting);
            active = known;
            resting = null;
        }
        return known;
    }

    /** Nothing happens any more to a lock that is held. */
    void rest(Place held) {
        active = null;
        resting = held;
    }

    /** Safe on any thread. */
    boolean isAtRest() {
        return resting != null;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Environment env() {
        return locks.env();
    }

    @Override
    public SerialExecutor serial() {
        return serial;
    }

    @Override
    public QueueKeys keys() {
        return active().keys();
    }

    @Override
    public QueueMachine machine() {
        return active().machine();
    }

    @Override
    public void left(Place place, long revision) {
        active().left(place, revision);
    }

    // ---- what users want

    /** Takes a request in; its answer comes through its future. */
    void submit(Request request) {
        serial.execute(() -> {
            if (!machine().submit(request)) {
                locks.submitAgain(this, request);
            }
        });
    }

    /** A request has ended by itself: by time, interrupt or cancellation. */
    void withdrawn(Request request) {
        serial.execute(() -> machine().withdrawn(request));
    }

    /** Tells where a request waits, in the serial executor; null when it has no place in the queue. */
    void locate(Request request, Whereabouts.Told told) {
        serial.execute(() -> told.waitsAt(whereabouts(request)));
    }

    private @Nullable Whereabouts whereabouts(Request request) {
        QueueMachine.Waiting waiting = request.isOpen() ? machine().waiting(request) : null;
        Place place = waiting == null ? null : active().find(waiting.place());
        if (waiting == null || place == null) {
            return null;
        }
        List<Request> before =
                waiting.before().stream().map(Request.class::cast).toList();
        return new Whereabouts(place.key(), place.revision(), place.fence(), waiting.behindHolders(), before);
    }

    /** Those who look for deadlocks. */
    DeadlockDetection deadlocks() {
        return locks.deadlocks();
    }

    /**
     * Ends a hold and hands the lock on.
     *
     * @return true when this released it; a future that is complete already when the lock stays within this process
     */
    CompletableFuture<Boolean> release(Hold hold) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        serial.execute(() -> {
            Place place = hold.place();
            HoldEnd end = end(hold, HandOver.AT_ONCE);
            if (end == HoldEnd.LEAVING) {
                place.departed().thenAccept(result::complete);
            } else {
                result.complete(end == HoldEnd.LOCAL);
            }
        });
        return result;
    }

    /** Ends a hold and hands the lock on, and nobody wants to know what became of it. */
    void releaseInBackground(Hold hold, HandOver handOver) {
        serial.execute(() -> end(hold, handOver));
    }

    private HoldEnd end(Hold hold, HandOver handOver) {
        QueueMachine machine = machine(); // first: a lock at rest is known by its hold
        Place place = hold.place();
        place.holds().remove(hold);
        // The handle is over by now: a guarded write that is not counted yet will find that out.
        return machine.holdEnded(place.id(), hold.number(), hold.mode(), hold.isQuiet() ? handOver : HandOver.NEVER);
    }

    /** Makes a hold for writing, which is over, one for reading. */
    Hold downgrade(Hold writing) {
        QueueMachine machine = machine(); // first: a lock at rest is known by its hold
        Hold reading = writing.as(PlaceMode.SHARED);
        Place place = writing.place();
        place.holds().remove(writing);
        place.holds().add(reading);
        machine.downgrade(place.id(), writing.number(), writing.isQuiet() ? HandOver.AT_ONCE : HandOver.NEVER);
        reading.begin();
        reading.confirm();
        return reading;
    }

    boolean isOf(QueueLocks others) {
        return locks == others;
    }

    /** The lock is retained for nobody any longer. */
    void giveBack(long place) {
        serial.execute(() -> machine().giveBack(place));
    }

    /**
     * Ends everything here. Holds are over at once, except that keys with a TTL of their own stay until it has passed.
     *
     * @return completes when every key is certainly gone
     */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        serial.execute(() -> {
            if (ended == null) {
                ended = done;
                machine().close(closedFailure());
            } else {
                ended.thenRun(() -> done.complete(null));
            }
            if (machine().isFinished()) {
                done.complete(null);
            }
        });
        return done;
    }

    private CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the coordinator was closed while lock '" + name + "' was asked for");
    }

    /** Renews the lease of a hold, or moves it to a lease of another TTL. */
    CompletableFuture<Void> renew(Place held, Optional<Duration> ttl) {
        if (ttl.isEmpty() || ttl.get().equals(held.ttlClass())) {
            return held.renew();
        }
        return move(held, ttl.get(), held.isOfItsOwn());
    }

    /** Moves a hold to a lease of a TTL that it shares with others, and that is renewed. */
    CompletableFuture<Void> moveToShared(Place held, Duration ttl) {
        return move(held, ttl, false);
    }

    private CompletableFuture<Void> move(Place held, Duration ttl, boolean toOneOfItsOwn) {
        return locks.sessions()
                .reserve(ttl, toOneOfItsOwn)
                .thenCompose(target -> held.rebind(target, ttl, toOneOfItsOwn));
    }

    /** The watchdogs of all locks. */
    Watchdogs watchdogs() {
        return locks.watchdogs();
    }

    /** Nothing is wanted any more. */
    void retire() {
        locks.forget(name, this);
        CompletableFuture<Void> done = ended;
        if (done != null) {
            done.complete(null);
        }
    }
}

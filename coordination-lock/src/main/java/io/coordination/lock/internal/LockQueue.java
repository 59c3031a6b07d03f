package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.internal.queue.HoldEnd;
import io.coordination.lock.internal.queue.LocalRequest;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.lock.internal.queue.QueueSink;
import io.coordination.lock.internal.queue.QueueTimer;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.RangeQuery;
import io.coordination.store.SerialExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * All that this process wants of one lock. What to do about it is decided by a {@link QueueMachine}; this object gives it
 * the news, one after the other, and carries out its commands with the store, the sessions and the clock.
 */
final class LockQueue implements QueueSink, QueueContext {

    private static final long RELIST_JITTER_NANOS = 2_000_000_000L;

    private final QueueLocks locks;
    private final String name;
    private final Environment env;
    private final LockSessions sessions;
    private final SerialExecutor serial = SerialExecutor.direct();
    private final QueueKeys keys;
    private final QueueMachine machine = new QueueMachine(this);
    private final QueueTimers timers = new QueueTimers();
    private final ArrayList<Place> places = new ArrayList<>(1);
    private @Nullable QueueWatch watch;
    private boolean lookedAfter;
    private volatile @Nullable CompletableFuture<Void> ended;

    LockQueue(QueueLocks locks, String name, Environment env, LockSessions sessions) {
        this.locks = locks;
        this.name = name;
        this.env = env;
        this.sessions = sessions;
        this.keys = new QueueKeys(env.keys().lockPrefix(name));
    }

    @Override
    public Environment env() {
        return env;
    }

    @Override
    public SerialExecutor serial() {
        return serial;
    }

    @Override
    public QueueKeys keys() {
        return keys;
    }

    @Override
    public QueueMachine machine() {
        return machine;
    }

    // ---- what users want

    /** Takes a request in; its answer comes through its future. */
    void submit(Request request) {
        serial.execute(() -> {
            if (!machine.submit(request)) {
                locks.submitAgain(this, request);
            }
        });
    }

    /** A request has ended by itself: by time, interrupt or cancellation. */
    void withdrawn(Request request) {
        serial.execute(() -> machine.withdrawn(request));
    }

    /** Tells where a request waits, in the serial executor; null when it has no place in the queue. */
    void locate(Request request, Whereabouts.Told told) {
        serial.execute(() -> told.waitsAt(whereabouts(request)));
    }

    private @Nullable Whereabouts whereabouts(Request request) {
        QueueMachine.Waiting waiting = request.isOpen() ? machine.waiting(request) : null;
        Place place = waiting == null ? null : find(waiting.place());
        if (waiting == null || place == null) {
            return null;
        }
        List<Request> before =
                waiting.before().stream().map(Request.class::cast).toList();
        return new Whereabouts(place.key(), place.revision(), place.fence(), waiting.behindHolders(), before);
    }

    /** Those who look for deadlocks. */
    DeadlockDetection deadlocks() {
        return sessions.deadlocks();
    }

    /**
     * Ends a hold and hands the lock on.
     *
     * @param mayHandOver whether nothing that was begun under its token can still take effect
     * @return true when this released it; a future that is complete already when the lock stays within this process
     */
    CompletableFuture<Boolean> release(Hold hold, boolean mayHandOver) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        serial.execute(() -> {
            Place place = hold.place();
            HoldEnd end = end(hold, mayHandOver);
            if (end == HoldEnd.LEAVING) {
                place.departed().thenAccept(result::complete);
            } else {
                result.complete(end == HoldEnd.LOCAL);
            }
        });
        return result;
    }

    /** Ends a hold and hands the lock on, and nobody wants to know what became of it. */
    void releaseInBackground(Hold hold, boolean mayHandOver) {
        serial.execute(() -> end(hold, mayHandOver));
    }

    private HoldEnd end(Hold hold, boolean mayHandOver) {
        Place place = hold.place();
        place.holds().remove(hold);
        // The handle is over by now: a guarded write that is not counted yet will find that out.
        return machine.holdEnded(place.id(), hold.number(), hold.mode(), mayHandOver && hold.isQuiet());
    }

    /** Makes a hold for writing, which is over, one for reading. */
    Hold downgrade(Hold writing) {
        Hold reading = writing.as(PlaceMode.SHARED);
        Place place = writing.place();
        place.holds().remove(writing);
        place.holds().add(reading);
        machine.downgrade(place.id(), writing.number(), writing.isQuiet());
        reading.begin();
        reading.confirm();
        return reading;
    }

    boolean isOf(QueueLocks others) {
        return locks == others;
    }

    /** The lock is retained for nobody any longer. */
    void giveBack(long place) {
        serial.execute(() -> machine.giveBack(place));
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
                machine.close(closedFailure());
            } else {
                ended.thenRun(() -> done.complete(null));
            }
            if (machine.isFinished()) {
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
        return sessions.reserve(ttl, toOneOfItsOwn).thenCompose(target -> held.rebind(target, ttl, toOneOfItsOwn));
    }

    /** The watchdogs of all locks. */
    Watchdogs watchdogs() {
        return locks.watchdogs();
    }

    // ---- what the machine wants of places

    private @Nullable Place find(long id) {
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i).id() == id) {
                return places.get(i);
            }
        }
        return null;
    }

    private Place place(long id) {
        return Objects.requireNonNull(find(id));
    }

    @Override
    public void reserve(long place, LocalRequest founder) {
        Request request = (Request) founder;
        sessions.reserve(request.options().ttl(), request.options().fixedTtl())
                .whenComplete((fence, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        reserved(place, request, fence);
                    } else {
                        machine.reserveFailed(
                                place, Blocking.failure(failure, "opening a session for lock '" + name + "'"));
                    }
                }));
    }

    private void reserved(long id, Request founder, Fence fence) {
        Place place = new Place(this, id, founder, fence);
        places.add(place);
        if (!machine.reserved(id, place.key())) {
            drop(id);
        }
    }

    @Override
    public void enqueue(long place) {
        place(place).enqueue();
    }

    @Override
    public void attempt(long place, long unchangedSince) {
        place(place).attempt(unchangedSince);
    }

    @Override
    public void giveUp(long place) {
        place(place).giveUp();
    }

    @Override
    public @Nullable String requeue(long place, long successor, LocalRequest founder) {
        Place made = place(place).requeue(successor, (Request) founder);
        if (made == null) {
            return null;
        }
        places.add(made);
        return made.key();
    }

    @Override
    public void weaken(long place, PlaceMode mode) {
        place(place).weaken(mode);
    }

    @Override
    public void release(long place) {
        place(place).release();
    }

    @Override
    public void close(long place) {
        place(place).close();
    }

    @Override
    public void settle(long place) {
        place(place).settle();
    }

    @Override
    public void vanished(long place) {
        place(place).askWhyGone();
    }

    @Override
    public void drop(long place) {
        Place dropped = place(place);
        places.remove(dropped);
        dropped.drop();
    }

    @Override
    public void abandon(long place) {
        Place abandoned = place(place);
        places.remove(abandoned);
        abandoned.abandon();
    }

    @Override
    public void left(Place place, long revision) {
        places.remove(place);
        machine.left(place.id(), revision);
    }

    @Override
    public boolean prepare(long place, boolean first) {
        return place(place).prepare(first);
    }

    @Override
    public void lose(long place, LockLostReason reason, Optional<Throwable> cause) {
        place(place).lose(reason, cause);
    }

    @Override
    public boolean retain(long place) {
        return locks.retained().add(this, place);
    }

    @Override
    public void retainNoLonger(long place) {
        locks.retained().remove(this, place);
    }

    // ---- what the machine wants of the queue and the clock

    @Override
    public void readQueue() {
        env.store()
                .range(RangeQuery.of(keys.range()))
                .whenComplete((found, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        machine.queueRead(keys.view(found.revision(), found.entries()));
                    } else {
                        machine.readFailed();
                    }
                }));
    }

    @Override
    public void openWatch() {
        watch = QueueWatch.open(this, machine);
    }

    @Override
    public void closeWatch() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (lookedAfter) {
            lookedAfter = false;
            locks.watchedHolds().release();
        }
    }

    @Override
    public void arm(QueueTimer kind, long nanos) {
        long jitter = kind == QueueTimer.RELIST ? ThreadLocalRandom.current().nextLong(RELIST_JITTER_NANOS) : 0;
        Object mark = timers.begin(kind);
        timers.began(
                mark,
                env.time()
                        .schedule(
                                Duration.ofNanos(nanos + jitter),
                                () -> serial.execute(() -> {
                                    if (timers.ended(mark) && mayFire(kind)) {
                                        machine.timer(kind);
                                    }
                                })));
    }

    /** Of locks that are held for long only so many are watched: for the others the audit of their session has to do. */
    private boolean mayFire(QueueTimer kind) {
        if (kind == QueueTimer.LOOK_AFTER && watch == null) {
            lookedAfter = locks.watchedHolds().tryAcquire();
            return lookedAfter;
        }
        return true;
    }

    @Override
    public void disarm(QueueTimer timer) {
        timers.cancel(timer);
    }

    // ---- what the machine has for requests

    @Override
    public void queued(LocalRequest request) {
        ((Request) request).placed();
    }

    @Override
    public boolean grant(LocalRequest request, long place, int number, PlaceMode mode) {
        Request wish = (Request) request;
        Place owned = place(place);
        Hold hold = new Hold(this, owned, wish, number, mode, handles(owned, wish, number));
        // Installed before it is told: the owner may release it at once.
        owned.holds().add(hold);
        hold.begin();
        boolean granted = wish.grant(hold);
        if (granted) {
            hold.confirm();
        } else {
            owned.holds().remove(hold);
            hold.withdraw();
        }
        return granted;
    }

    /** Handles of one owner are counted together. */
    private static @Nullable AtomicInteger handles(Place place, Request request, int number) {
        if (request.owner() == null) {
            return null;
        }
        Hold other = place.holds().withNumber(number);
        return other == null ? new AtomicInteger() : other.handles();
    }

    @Override
    public void refuse(LocalRequest request) {
        ((Request) request).refuse();
    }

    @Override
    public void fail(LocalRequest request, CoordinationException cause) {
        ((Request) request).fail(cause);
    }

    @Override
    public void refuseUpgrade(LocalRequest request) {
        ((Request) request)
                .fail(
                        CoordinationException.of(
                                ErrorCode.VALIDATION_ERROR,
                                "lock '" + name
                                        + "' cannot be taken for writing by an owner that holds it for reading: two of "
                                        + "them would wait for each other; release it first, or take it for writing from the start"));
    }

    @Override
    public void retire() {
        timers.cancelAll();
        locks.forget(name, this);
        CompletableFuture<Void> done = ended;
        if (done != null) {
            done.complete(null);
        }
    }
}

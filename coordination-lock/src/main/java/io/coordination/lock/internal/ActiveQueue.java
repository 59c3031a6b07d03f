package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.internal.queue.LocalRequest;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.lock.internal.queue.QueueSink;
import io.coordination.lock.internal.queue.QueueTimer;
import io.coordination.lock.internal.queue.QuietHold;
import io.coordination.store.Blocking;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.RangeQuery;
import io.coordination.store.SerialExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A lock to which something happens. What to do about it is decided by a {@link QueueMachine}; this object gives it the news, one
 * after the other, and carries out its commands with the store, the sessions and the clock. Confined to the serial executor of
 * its lock.
 */
final class ActiveQueue implements QueueSink {

    private static final long RELIST_JITTER_NANOS = 2_000_000_000L;

    private final LockQueue queue;
    private final QueueLocks locks;
    private final Environment env;
    private final SerialExecutor serial;
    private final QueueKeys keys;
    private final QueueMachine machine;
    private final QueueTimers timers = new QueueTimers();
    private final ArrayList<Place> places = new ArrayList<>(1);
    private @Nullable QueueWatch watch;
    private boolean lookedAfter;
    private long turnBegan; // of the place that is held

    /**
     * A lock that something begins to happen to.
     *
     * @param held the place of a lock that was at rest; null when it is new
     */
    ActiveQueue(LockQueue queue, QueueLocks locks, @Nullable Place held) {
        this.queue = queue;
        this.locks = locks;
        this.env = locks.env();
        this.serial = queue.serial();
        this.turnBegan = env.time().nanoTime() - QueueMachine.TURN_NANOS;
        this.keys = new QueueKeys(env.keys().lockPrefix(queue.name()));
        if (held == null) {
            this.machine = new QueueMachine(this);
        } else {
            this.machine = QueueMachine.of(this, Objects.requireNonNull(held.quietHold()));
            places.add(held);
            machine.lookAfter();
        }
    }

    QueueKeys keys() {
        return keys;
    }

    QueueMachine machine() {
        return machine;
    }

    /** The key of a place is certainly gone. */
    void left(Place place, long revision) {
        places.remove(place);
        machine.left(place.id(), revision);
    }

    // ---- what the machine wants of places

    @Nullable
    Place find(long id) {
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
        locks.sessions()
                .reserve(request.options().ttl(), request.options().fixedTtl())
                .whenComplete((fence, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        reserved(place, request, fence);
                    } else {
                        machine.reserveFailed(
                                place, Blocking.failure(failure, "opening a session for lock '" + queue.name() + "'"));
                    }
                }));
    }

    private void reserved(long id, Request founder, Fence fence) {
        Place place = new Place(queue, id, founder, fence);
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
    public void release(long place, boolean deferrable) {
        place(place).release(deferrable ? Delivery.DEFERRABLE : Delivery.URGENT);
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
    public boolean prepare(long place, boolean first) {
        return place(place).prepare(first);
    }

    @Override
    public void lose(long place, LockLostReason reason, Optional<Throwable> cause) {
        place(place).lose(reason, cause);
    }

    @Override
    public boolean retain(long place) {
        return locks.retained().add(queue, place);
    }

    @Override
    public void retainNoLonger(long place) {
        locks.retained().remove(queue, place);
    }

    @Override
    public long lingerNanos(long place) {
        return env.time().nanoTime() - turnBegan < QueueMachine.TURN_NANOS ? locks.lingerNanos() : 0;
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
        watch = QueueWatch.open(queue, machine);
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
            if (!lookedAfter) {
                restIfQuiet();
            }
            return lookedAfter;
        }
        return true;
    }

    /** Nothing of this object is missed when all that it knows follows from the place, and nothing is under way that it waits for. */
    private void restIfQuiet() {
        Place held = places.size() == 1 ? places.get(0) : null;
        QuietHold hold = held == null ? null : held.quietHold();
        if (held != null && hold != null && timers.areNone() && machine.isOnly(hold)) {
            queue.rest(held);
        }
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
        if (number == 0) {
            turnBegan = env.time().nanoTime();
        }
        Hold hold = new Hold(queue, owned, wish, number, mode, handles(owned, wish, number));
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
                                "lock '" + queue.name()
                                        + "' cannot be taken for writing by an owner that holds it for reading: two of "
                                        + "them would wait for each other; release it first, or take it for writing from the start"));
    }

    @Override
    public void retire() {
        timers.cancelAll();
        queue.retire();
    }
}

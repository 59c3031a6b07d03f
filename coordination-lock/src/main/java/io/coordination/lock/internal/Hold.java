package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.internal.Checks;
import io.coordination.lock.GuardedWrite;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.internal.queue.HandOver;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.session.Session;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One hold of a lock, from the grant to the release or the loss. */
final class Hold implements LockHandle, LimitedHold {

    private enum State {
        HELD,
        RELEASED,
        LOST
    }

    // Thousands of locks may be held: what can be part of this object is.
    private static final AtomicReferenceFieldUpdater<Hold, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(Hold.class, State.class, "state");

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<Hold, CompletableFuture> LOST =
            AtomicReferenceFieldUpdater.newUpdater(Hold.class, CompletableFuture.class, "lost");

    private static final AtomicReferenceFieldUpdater<Hold, Runnable> OWNED =
            AtomicReferenceFieldUpdater.newUpdater(Hold.class, Runnable.class, "owned");

    private final LockQueue queue;
    private final Place place;
    private final LockOptions options;
    private final @Nullable LockOwner deadlockOwner; // of interest to those who look for deadlocks
    private final PlaceMode mode;
    private final @Nullable AtomicInteger handles;
    private final long token;
    private volatile State state = State.HELD;
    private volatile @Nullable CompletableFuture<LockLost> lost; // asked for by few
    private final @Nullable HoldEvents events;

    @SuppressWarnings("UnusedVariable") // read through its updater
    private volatile @Nullable Runnable owned; // run when it is over, for those who look for deadlocks

    private volatile @Nullable LockLost loss;
    private volatile @Nullable HoldLimits limits; // most holds have none

    /**
     * A hold that is granted now.
     *
     * @param number of the hold in its place
     * @param handles how many the owner has; null when there can be one only
     */
    Hold(LockQueue queue, Place place, Request request, int number, PlaceMode mode, @Nullable AtomicInteger handles) {
        this(queue, place, request.options(), request.deadlockOwner(), number, mode, handles);
    }

    private Hold(
            LockQueue queue,
            Place place,
            LockOptions options,
            @Nullable LockOwner deadlockOwner,
            int number,
            PlaceMode mode,
            @Nullable AtomicInteger handles) {
        this.queue = queue;
        this.place = place;
        this.options = options;
        this.deadlockOwner = deadlockOwner;
        this.mode = mode;
        this.token = Tokens.of(place.revision(), number);
        this.handles = handles;
        if (handles != null) {
            handles.incrementAndGet();
        }
        this.events = options.listener()
                .map(told -> new HoldEvents(env(), told, this))
                .orElse(null);
    }

    /** The hold begins: from now on its limits count. */
    void begin() {
        if (HoldLimits.areIn(options)) {
            limits().begin(options);
        }
    }

    /** Nobody can take the grant back any more; the hold may be over already. */
    void confirm() {
        owned = queue.deadlocks().holds(deadlockOwner, new LastingWait.Held(place.key(), place.revision(), number()));
        if (state != State.HELD) {
            disown();
        }
        if (events != null) {
            events.acquired(place.leases());
        }
    }

    /** Somebody asks for the lock. */
    void revocationRequested(Letter letter) {
        happened(() -> LockEvent.revocation(letter.asRequest(key(), env().time().now())));
    }

    private void disown() {
        Runnable former = OWNED.getAndSet(this, null);
        if (former != null) {
            former.run();
        }
    }

    private void happened(Supplier<LockEvent> event) {
        if (events != null) {
            events.happened(event.get());
        }
    }

    /** Shared with the owner's other handles. */
    @Nullable
    AtomicInteger handles() {
        return handles;
    }

    boolean isOf(QueueLocks locks, String name) {
        return queue.isOf(locks) && key().equals(name);
    }

    /** The same hold for reading; this one is over. */
    Hold downgrade() {
        requireHeld();
        CompletableFuture<Hold> reading = new CompletableFuture<>();
        queue.serial().execute(() -> {
            if (end(State.RELEASED)) {
                endLimits();
                reading.complete(queue.downgrade(this));
            } else {
                reading.completeExceptionally(new LockLostException("lock '" + key() + "' ended meanwhile"));
            }
        });
        try {
            return reading.join();
        } catch (CompletionException ended) {
            requireHeld();
            throw ended;
        }
    }

    /** The same as another one, in another mode; it may not last longer than this one. */
    Hold as(PlaceMode other) {
        Hold made = new Hold(queue, place, options, deadlockOwner, number(), other, handles);
        HoldLimits known = limits;
        made.limits = known == null ? null : known.of(made);
        return made;
    }

    /** Over, once. */
    private boolean end(State how) {
        boolean first = STATE.compareAndSet(this, State.HELD, how);
        AtomicInteger counted = handles;
        if (first && counted != null) {
            counted.decrementAndGet();
        }
        if (first) {
            disown();
        }
        if (first && how == State.RELEASED) {
            happened(() -> LockEvent.RELEASED);
        }
        return first;
    }

    @Override
    public int count() {
        if (!isHeld()) {
            return 0;
        }
        AtomicInteger counted = handles;
        return counted == null ? 1 : counted.get();
    }

    private Environment env() {
        return queue.env();
    }

    /** Nobody wanted it any more. */
    void withdraw() {
        end(State.RELEASED);
        endLimits();
    }

    private HoldLimits limits() {
        HoldLimits known = limits;
        if (known == null) {
            known = new HoldLimits(queue.watchdogs(), this, options);
            limits = known;
        }
        return known;
    }

    private void endLimits() {
        HoldLimits known = limits;
        if (known != null) {
            known.released();
        }
    }

    Place place() {
        return place;
    }

    /** How it was granted. */
    PlaceMode mode() {
        return mode;
    }

    /** Its number in its place; the same for all holds of one owner. */
    int number() {
        return Tokens.hold(token);
    }

    @Override
    public String key() {
        return queue.name();
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public boolean isHeld() {
        HoldLimits known = limits;
        return isOpen() && place.isValid() && (known == null || !known.areOver());
    }

    @Override
    public Duration remaining() {
        HoldLimits known = limits;
        Duration ofLease = isOpen() ? place.remaining() : Duration.ZERO;
        return known == null ? ofLease : known.remaining(ofLease);
    }

    @Override
    public Duration ttl() {
        return place.ttl();
    }

    @Override
    public void renew() {
        renew(Optional.empty());
    }

    @Override
    public void renew(Duration ttl) {
        renew(Optional.of(Checks.ttl("ttl", ttl)));
    }

    private void renew(Optional<Duration> ttl) {
        Blocking.await(renewAsync(ttl), "renewing lock '" + key() + "'");
    }

    CompletableFuture<Void> renewAsync(Optional<Duration> ttl) {
        requireHeld();
        return queue.renew(place, ttl).handle((done, failure) -> {
            requireHeld();
            if (failure != null) {
                throw lossOr(Blocking.failure(failure, "renewing lock '" + key() + "'"));
            }
            serial().execute(this::renewed);
            return null;
        });
    }

    private void renewed() {
        HoldLimits known = limits;
        if (known != null) {
            known.renewed();
        }
    }

    private CoordinationException lossOr(CoordinationException failure) {
        return failure.code() == ErrorCode.NOT_FOUND
                ? new LockLostException("lock '" + key() + "' is lost: its lease is gone", failure)
                : failure;
    }

    private void requireHeld() {
        if (state == State.RELEASED) {
            throw new CoordinationClosedException("lock '" + key() + "' was released already: acquire it again");
        }
        if (state == State.LOST) {
            LockLost known = loss;
            String message = "lock '" + key() + "' is lost: acquire it again";
            throw known == null ? new LockLostException(message) : new LockLostException(message, known);
        }
    }

    @Override
    public long guard(GuardedWrite write) {
        Checks.notNull("write", write);
        return Blocking.await(guardAsync(write), "writing to resource '" + write.resource() + "'");
    }

    CompletableFuture<Long> guardAsync(GuardedWrite write) {
        if (mode.equals(PlaceMode.SHARED)) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE,
                    "lock '" + key() + "' is held for reading, which guards no writes: others read at the same time");
        }
        requireHeld();
        return place.guards().write(token, write, this::requireHeld);
    }

    /**
     * Whether no guarded write of this place can be applied any more, so that the next local hold may have it. To be asked when
     * all handles that could write are over.
     */
    boolean isQuiet() {
        return place.isQuiet();
    }

    @Override
    public Watchdog startWatchdog(WatchdogConfig config) {
        Checks.notNull("config", config);
        CompletableFuture<Watchdog> started = new CompletableFuture<>();
        serial().execute(() -> limits().start(config, started));
        try {
            return Blocking.await(started, "starting the watchdog of lock '" + key() + "'");
        } catch (CoordinationException e) {
            throw lossOr(e);
        }
    }

    @Override
    public Optional<Watchdog> watchdog() {
        HoldLimits known = limits;
        return known == null ? Optional.empty() : known.watchdog();
    }

    // ---- for its limits

    @Override
    public Executor serial() {
        return queue.serial();
    }

    @Override
    public boolean isOpen() {
        return state == State.HELD;
    }

    @Override
    public Session session() {
        return place.session();
    }

    @Override
    public boolean isShared() {
        return !place.isOfItsOwn();
    }

    @Override
    public CompletableFuture<Void> moveToShared(Duration ttl) {
        return queue.moveToShared(place, ttl);
    }

    /** The holder may still be at work, so that nobody may follow under the same key. */
    @Override
    public void giveUp(LockLostReason reason, Optional<Throwable> cause) {
        if (lose(reason, cause)) {
            queue.releaseInBackground(this, HandOver.NEVER);
        }
    }

    // ---- the end

    @Override
    public boolean unlock() {
        if (!end(State.RELEASED)) {
            return false;
        }
        endLimits();
        return BoundedWait.uninterruptibly(env(), queue.release(this), "releasing lock '" + key() + "'");
    }

    @Override
    public void close() {
        if (end(State.RELEASED)) {
            endLimits();
            queue.releaseInBackground(this, HandOver.SOON);
        }
    }

    @Override
    public CompletionStage<LockLost> lost() {
        CompletableFuture<LockLost> known = lost;
        if (known == null) {
            CompletableFuture<LockLost> made = new CompletableFuture<>();
            known = LOST.compareAndSet(this, null, made) ? made : Objects.requireNonNull(lost);
            // It may have been lost before anybody asked.
            tell();
        }
        return known.minimalCompletionStage();
    }

    private void tell() {
        CompletableFuture<LockLost> asked = lost;
        LockLost known = loss;
        if (asked == null || known == null) {
            return;
        }
        try {
            env().callbacks().execute(() -> asked.complete(known));
        } catch (RejectedExecutionException e) {
            env().log().atError().setCause(e).addKeyValue("lock", key()).log("The callback executor refuses work");
        }
    }

    /** The end that nobody asked for; true when it had none before. Users hear of it on their own threads. */
    boolean lose(LockLostReason reason, Optional<Throwable> cause) {
        if (!end(State.LOST)) {
            return false;
        }
        LockLost known = new LockLost(key(), token, reason, env().time().now(), cause);
        loss = known;
        HoldLimits limited = limits;
        if (limited != null) {
            limited.lost(known);
        }
        env().log()
                .atWarn()
                .addKeyValue("lock", key())
                .addKeyValue("token", token)
                .addKeyValue("reason", reason)
                .log("Lock is lost");
        happened(() -> LockEvent.lost(known));
        tell();
        return true;
    }
}

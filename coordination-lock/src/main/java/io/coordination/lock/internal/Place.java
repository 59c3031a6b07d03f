package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.internal.queue.LeaseClass;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.lock.internal.queue.QueueView;
import io.coordination.lock.internal.queue.QuietHold;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One key of this process in the queue of a lock, on its lease: carries out what the machine of the lock decides about it.
 *
 * <p>Confined to the serial executor of its lock, except the questions of holders about validity.
 */
final class Place implements KeyLeases.Listener {

    // Thousands of locks may be held: what can be part of this object is.
    private static final AtomicReferenceFieldUpdater<Place, PlaceGuards> GUARDS =
            AtomicReferenceFieldUpdater.newUpdater(Place.class, PlaceGuards.class, "guards");

    private final QueueContext context;
    private final long id;
    private final String key;
    private final KeyLeases leases;
    private final PlaceHolds holds = new PlaceHolds();
    private Membership value;
    private long revision;
    private @Nullable FencedAttempt<Enqueue.Outcome> enqueue;
    private @Nullable PlaceMail mail; // few get any
    private @Nullable CompletableFuture<Boolean> departed;
    private @Nullable KeyRewriting rewriting; // few keys are put twice
    private volatile Duration ttlClass;
    private volatile boolean ofItsOwn; // the lease serves this key alone, and lasts as long as its TTL says
    private volatile boolean over;
    private volatile @Nullable PlaceGuards guards; // made by the first guarded write

    /**
     * A place that is not queued yet.
     *
     * @param id its number in the machine
     * @param founder the request that it is made for
     * @param fence of the lease to queue with; one reservation of its session passes to this place
     */
    Place(QueueContext context, long id, Request founder, Fence fence) {
        Environment env = context.env();
        this.context = context;
        this.id = id;
        this.ttlClass = founder.options().ttl();
        this.ofItsOwn = founder.options().fixedTtl();
        this.key = env.keys().lockKey(context.name(), fence.session().leaseId(), fence.nextAttempt());
        this.value = Membership.of(founder, env.time().now());
        this.leases = new KeyLeases(fence, key, this);
    }

    private Environment env() {
        return context.env();
    }

    private QueueMachine machine() {
        return context.machine();
    }

    long id() {
        return id;
    }

    String key() {
        return key;
    }

    /** Who holds the lock by this place. */
    PlaceHolds holds() {
        return holds;
    }

    Fence fence() {
        return leases.fence();
    }

    /** The leases that the key may be on. */
    KeyLeases leases() {
        return leases;
    }

    /** The create revision of the key. */
    long revision() {
        return revision;
    }

    /** What a machine has to know of this place when nothing is going on; null while more than one handle or owner is concerned. */
    @Nullable
    QuietHold quietHold() {
        Hold only = holds.only();
        return only == null || only.handles() != null
                ? null
                : new QuietHold(id, key, only.mode(), new LeaseClass(ttlClass, ofItsOwn), revision);
    }

    // ---- into the queue

    /** Queues the key. */
    void enqueue() {
        send(known -> LockTxns.enqueue(context.keys(), ticket(), known), true);
    }

    /** Takes the lock if nothing has changed since a revision; 0 for an empty queue. */
    void attempt(long unchangedSince) {
        send(
                known -> unchangedSince == 0
                        ? LockTxns.attempt(context.keys(), ticket(), known)
                        : LockTxns.attemptSince(context.keys(), ticket(), known, unchangedSince),
                false);
    }

    private void send(LongFunction<Txn> txn, boolean waits) {
        FencedAttempt<Enqueue.Outcome> sending =
                new FencedAttempt<>(env(), context.serial(), fence(), new Enqueue(txn, waits));
        enqueue = sending;
        sending.start().thenAccept(outcome -> context.serial().execute(() -> answered(sending, outcome)));
    }

    /** Sends no further copy. */
    void giveUp() {
        end();
        if (enqueue != null) {
            enqueue.giveUp();
        }
    }

    /**
     * Replaces the key by that of a new place on the same lease, which takes over the reservation.
     *
     * @return null when that is not possible now
     */
    @Nullable
    Place requeue(long successorId, Request successorFounder) {
        if (isBeingRewritten() || !isValid()) {
            return null;
        }
        Place successor = new Place(context, successorId, successorFounder, fence());
        end();
        CompletableFuture<Boolean> done = departing();
        Txn txn = LockTxns.requeue(context.keys(), key, revision, successor.ticket());
        new Requeue(context, leases.session(), txn)
                .start()
                .thenAccept(outcome -> context.serial().execute(() -> {
                    leases.forgetKey();
                    successor.requeued(outcome);
                    context.left(this, outcome instanceof Enqueue.Placed placed ? placed.answeredAt() : 0);
                    done.complete(outcome instanceof Enqueue.Placed);
                }));
        return successor;
    }

    private LockTxns.Ticket ticket() {
        return new LockTxns.Ticket(key, value.toBytes(), leases.session().leaseId(), fence().key());
    }

    private void answered(FencedAttempt<Enqueue.Outcome> sent, Enqueue.Outcome outcome) {
        if (outcome instanceof Enqueue.Placed placed) {
            boolean tainted = sent.isTainted();
            enqueue = tainted ? sent : null; // what is done takes no memory while the lock is held
            placed(placed, tainted);
        } else if (outcome instanceof Enqueue.Refused refused) {
            QueueView queue = context.keys().view(refused.answeredAt(), refused.queue());
            machine()
                    .refused(
                            id,
                            queue,
                            sent.isTainted(),
                            RetainedLocks.patience(refused.nanos()).toNanos());
        } else if (outcome instanceof Enqueue.Failed failed) {
            machine().enqueueFailed(id, failed.cause(), sent.isTainted() || !sent.isResolved());
        } else {
            machine().leaseGone(id);
        }
    }

    private void requeued(Enqueue.Outcome outcome) {
        if (outcome instanceof Enqueue.Placed placed) {
            placed(placed, false);
        } else if (outcome instanceof Enqueue.PredecessorGone) {
            machine().predecessorGone(id);
        } else {
            machine().leaseGone(id);
        }
    }

    private void placed(Enqueue.Placed placed, boolean tainted) {
        revision = placed.createRevision();
        if (!over) {
            leases.believe(revision);
        }
        machine().placed(id, revision, context.keys().view(placed.answeredAt(), placed.queue()), tainted);
    }

    /** Makes all copies of the enqueue that are under way fail. */
    void settle() {
        fence().settle().thenRun(() -> context.serial().execute(() -> machine().settled(id)));
    }

    // ---- while it is owned

    /**
     * Whether the lease has enough life left for a new hold; if not, the machine is told when it has.
     *
     * @param first whether it is the first hold, from which a fixed TTL counts
     */
    boolean prepare(boolean first) {
        return new HoldPreparation(context, this).isReady(first);
    }

    /** The guarded writes of its holds. Safe on any thread once the place is owned. */
    PlaceGuards guards() {
        PlaceGuards known = guards;
        if (known == null) {
            PlaceGuards made = new PlaceGuards(env(), context.name(), Txn.Compare.createdAt(key, revision));
            known = GUARDS.compareAndSet(this, null, made) ? made : Objects.requireNonNull(guards);
        }
        return known;
    }

    /** Whether no guarded write can be applied any more. Safe on any thread. */
    boolean isQuiet() {
        PlaceGuards known = guards;
        return known == null || known.isQuiet();
    }

    /** Whether the key certainly exists at this moment. Safe on any thread. */
    boolean isValid() {
        return !over && leases.isValid();
    }

    /** How long the key certainly exists if no renewal succeeds. Safe on any thread. */
    Duration remaining() {
        return over ? Duration.ZERO : leases.remaining();
    }

    /** Whether the lease serves this key alone and is not renewed once it is held. Safe on any thread. */
    boolean isOfItsOwn() {
        return ofItsOwn;
    }

    /** The session of the lease. Safe on any thread. */
    Session session() {
        return leases.session();
    }

    /** The TTL that was asked for, which decides who may share the lease. */
    Duration ttlClass() {
        return ttlClass;
    }

    /** The TTL of the lease. Safe on any thread. */
    Duration ttl() {
        return leases.session().ttl();
    }

    /** Weakens the mode, which is in the value. */
    void weaken(PlaceMode mode) {
        rewriting().weaken(mode);
    }

    private KeyRewriting rewriting() {
        KeyRewriting known = rewriting;
        if (known == null) {
            known = new KeyRewriting(context, this);
            rewriting = known;
        }
        return known;
    }

    private boolean isBeingRewritten() {
        return leases.isMoving() || (rewriting != null && rewriting.isWeakening());
    }

    /** The mode is a weaker one now; the value to be put. */
    Membership weakened(PlaceMode mode) {
        value = value.as(mode);
        return value;
    }

    /** What the key says. */
    Membership value() {
        return value;
    }

    /** Whether nothing is decided about it any more. */
    boolean isOver() {
        return over;
    }

    /** The key is on another lease. */
    LeaseClass moved(Duration newTtl) {
        enqueue = null;
        ttlClass = newTtl;
        return new LeaseClass(newTtl, ofItsOwn);
    }

    /**
     * Renews the lease after this call began and makes sure that the key is still there.
     *
     * @return fails with {@code LOCK_LOST} when it is not
     */
    CompletableFuture<Void> renew() {
        CompletableFuture<Void> renewal = leases.session().renewNow();
        return env().store()
                .range(RangeQuery.key(key))
                .thenCombine(renewal, (found, renewed) -> found)
                .thenAccept(found -> {
                    boolean present = found.first()
                            .filter(entry -> entry.createRevision() == revision)
                            .isPresent();
                    if (!present) {
                        context.serial().execute(() -> machine().lost(id, LockLostReason.FORCED, Optional.empty()));
                        throw keyIsGone();
                    }
                });
    }

    /**
     * Hangs the key on a lease of another TTL; the place in the queue and the token stay. Until that is definite the key may
     * be on either lease, so both must live.
     *
     * @param target the fence of the new lease; one reservation of its session passes to this place
     * @param toOneOfItsOwn whether that lease serves this key alone
     */
    CompletableFuture<Void> rebind(Fence target, Duration newTtl, boolean toOneOfItsOwn) {
        return context.serial().compose(() -> {
            if (over || isBeingRewritten() || holds.isEmpty()) {
                target.session().release();
                return CompletableFuture.failedFuture(CoordinationException.of(
                        ErrorCode.INVALID_STATE, "lock '" + context.name() + "' is being released or renewed already"));
            }
            // Already now: a lease that others share must not be left to run out with this key.
            machine().moving(id, toOneOfItsOwn);
            ofItsOwn = toOneOfItsOwn;
            return rewriting().rebind(target, newTtl, noLateCopies());
        });
    }

    /** A late copy of the enqueue must not find the key released after a move. */
    private CompletableFuture<Void> noLateCopies() {
        return enqueue != null && enqueue.isTainted() ? fence().settle() : CompletableFuture.completedFuture(null);
    }

    CoordinationException keyIsGone() {
        return CoordinationException.of(ErrorCode.LOCK_LOST, "lock '" + context.name() + "' is lost: its key is gone");
    }

    private void sessionLost(SessionLoss loss) {
        LockLostReason reason = LossReason.of(loss);
        machine().lost(id, reason, loss.cause());
    }

    // ---- what others do to the key

    @Override
    public void keyWasDeleted() {
        context.serial().execute(() -> machine().deleted(id));
    }

    @Override
    public void leaseIsOver(SessionLoss loss) {
        context.serial().execute(() -> sessionLost(loss));
    }

    @Override
    public void letterCame(Letter letter) {
        context.serial().execute(() -> mail().read(letter));
    }

    private PlaceMail mail() {
        PlaceMail known = mail;
        if (known == null) {
            known = new PlaceMail(context, this, context.name());
            mail = known;
        }
        return known;
    }

    /** Finds out why the key of a place that waits is gone, and tells the machine. */
    void askWhyGone() {
        mail().askWhyGone();
    }

    // ---- the end

    /** All holds are over. */
    void lose(LockLostReason reason, Optional<Throwable> cause) {
        List<Hold> lost = holds.takeAll();
        over = true;
        lost.forEach(hold -> hold.lose(reason, cause));
    }

    /** Deletes the key. */
    void release(Delivery delivery) {
        // On leases that are over there is nothing to delete.
        leave(
                leases.areOver()
                        ? CompletableFuture.completedFuture(Departure.Left.BEFORE)
                        : Departure.release(env(), leases, List.of(key), revision, delivery));
    }

    /** Deletes the key, if it exists, and makes sure that it cannot be made late. */
    void close() {
        leave(Departure.close(fence(), List.of(key)));
    }

    private void leave(CompletableFuture<Departure.Left> leaving) {
        end();
        CompletableFuture<Boolean> done = departing();
        leaving.thenAccept(left -> {
            leases.release();
            context.serial().execute(() -> {
                context.left(this, left.revision());
                done.complete(left.ours());
            });
        });
    }

    /** Completes when the key is gone: true when this process took it away. */
    CompletableFuture<Boolean> departed() {
        return Objects.requireNonNull(departed);
    }

    private CompletableFuture<Boolean> departing() {
        CompletableFuture<Boolean> known = departed;
        if (known == null) {
            known = new CompletableFuture<>();
            departed = known;
        }
        return known;
    }

    /** No key of it exists. */
    void drop() {
        end();
        leases.release();
    }

    /** Stops believing in the key and lets its lease run out. */
    void abandon() {
        end();
        leases.leave();
    }

    /** The leases stay referenced until it is certain that the key is on none of them. */
    private void end() {
        over = true;
        leases.forgetLosses();
    }
}

package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.RangeQuery;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One key of this process in the queue of a lock, from its enqueue to the certainty that it is gone.
 *
 * <pre>
 * ENQUEUEING -> WAITING -> PREPARING -> OWNED -> OVER
 * </pre>
 *
 * <p>Every state may end in OVER: left by us, which takes the key away in the background until that is definite, or lost.
 * Confined to the serial executor of its lock, except the questions of holders about validity.
 */
final class Place {

    private static final Duration LONGEST_MIN_VALIDITY = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** A held lock looks after its own key from then on; shorter holds do without a watch. */
    private static final Duration WATCH_AFTER = Duration.ofMillis(100);

    private enum State {
        ENQUEUEING,
        WAITING,
        PREPARING,
        OWNED,
        OVER
    }

    private final QueueContext context;
    private final Environment env;
    private final Request founder;
    private final String key;
    private final Bytes value;
    private final QueuePosition position;
    private final PlaceListener listener;

    private final KeyLeases leases;

    private State state = State.ENQUEUEING;
    private Duration ttlClass;
    private @Nullable Enqueue enqueue;
    private @Nullable CompletableFuture<Enqueue.Outcome> outcome;
    private TimeSource.@Nullable Timer timer;
    private boolean reading;
    private volatile boolean over;

    /**
     * A place that is not queued yet.
     *
     * @param founder the request that it is made for
     * @param fence of the lease to queue with; one reservation of its session passes to this place
     */
    Place(QueueContext context, Request founder, Fence fence, PlaceListener listener) {
        this.context = context;
        this.env = context.env();
        this.founder = founder;
        this.listener = listener;
        this.ttlClass = founder.options().ttl();
        this.key = env.keys().lockKey(founder.name(), fence.session().leaseId(), fence.nextAttempt());
        this.value = Membership.exclusive(founder, env.time().now());
        this.position = new QueuePosition(key, context.watch().isLive());
        this.leases = new KeyLeases(
                fence,
                key,
                () -> context.serial().execute(() -> lose(LockLostReason.FORCED, Optional.empty())),
                loss -> context.serial().execute(() -> sessionLost(loss)));
    }

    /** Queues the key, or tries to take the lock at once. */
    void start() {
        LockTxns.Ticket ticket = ticket();
        LongFunction<Txn> txn = founder.triesOnce()
                ? known -> LockTxns.attempt(context.keys(), ticket, known)
                : known -> LockTxns.enqueue(context.keys(), ticket, known);
        Enqueue sending = new Enqueue(context, fence(), txn, !founder.triesOnce());
        enqueue = sending;
        await(sending.start());
    }

    /** Queues the key in the transaction that releases another one of the same lease. */
    CompletableFuture<Boolean> startBehind(Place predecessor) {
        Requeue requeue = new Requeue(
                context,
                leases.session(),
                LockTxns.requeue(context.keys(), predecessor.key, predecessor.position.revision(), ticket()));
        CompletableFuture<Enqueue.Outcome> answer = requeue.start();
        await(answer);
        return answer.thenApply(Enqueue.Placed.class::isInstance);
    }

    private LockTxns.Ticket ticket() {
        return new LockTxns.Ticket(key, value, leases.session().leaseId(), fence().key());
    }

    private void await(CompletableFuture<Enqueue.Outcome> answer) {
        outcome = answer;
        answer.thenAccept(result -> {
            if (state == State.ENQUEUEING) {
                answered(result);
            }
        });
    }

    private void answered(Enqueue.Outcome result) {
        if (result instanceof Enqueue.Placed placed) {
            if (isTainted()) {
                fence().settle();
            }
            position.answered(
                    placed.createRevision(),
                    placed.answeredAt(),
                    context.keys().members(placed.queue()),
                    context.watch().floor());
            state = State.WAITING;
            leases.believe(placed.createRevision());
            listener.placed(this);
            evaluate();
        } else if (result instanceof Enqueue.Refused) {
            endAfter(cleanUp(result));
            listener.refused(this);
        } else if (result instanceof Enqueue.PredecessorGone) {
            endAfter(cleanUp(result));
            listener.lost(this, LockLostReason.FORCED, Optional.empty());
        } else if (result instanceof Enqueue.Failed failed) {
            endAfter(cleanUp(result));
            listener.failed(this, failed.cause());
        } else {
            lose(LockLostReason.SESSION, Optional.empty());
        }
    }

    /** Whether a request can be served from this place: same lease class, and not one with a lease of its own. */
    boolean serves(Request request) {
        boolean mayShare = !founder.options().fixedTtl() && !request.options().fixedTtl();
        return request == founder || (mayShare && request.options().ttl().equals(ttlClass));
    }

    /** The request that this place was made for. */
    Request founder() {
        return founder;
    }

    boolean isOwned() {
        return state == State.OWNED;
    }

    /** Whether the key is known to be in the queue. */
    boolean isQueued() {
        return state != State.ENQUEUEING && state != State.OVER;
    }

    /** Whether the key can be replaced by a new one of the same lease in one transaction. */
    boolean canHandOver() {
        return state == State.OWNED && !isTainted() && !leases.isMoving() && isValid();
    }

    Fence fence() {
        return leases.fence();
    }

    /** The fencing token of the hold. */
    long token() {
        return Tokens.of(position.revision(), 0);
    }

    /** Whether the key certainly exists at this moment. Safe on any thread. */
    boolean isValid() {
        return !over && leases.isValid();
    }

    /** How long the key certainly exists if no renewal succeeds. Safe on any thread. */
    Duration remaining() {
        return over ? Duration.ZERO : leases.remaining();
    }

    /** The TTL that was asked for, which decides who may share the lease. */
    Duration ttlClass() {
        return ttlClass;
    }

    /** The TTL of the lease. Safe on any thread. */
    Duration ttl() {
        return leases.session().ttl();
    }

    // ---- what the watch and reads of the queue say

    void deleted(String deletedKey, long revision) {
        position.deleted(deletedKey, revision);
        evaluate();
    }

    void watchIsLive() {
        if (position.isAnswered() && !position.isCovered()) {
            readQueue();
        }
    }

    void gap() {
        position.gap();
        evaluate();
    }

    private void evaluate() {
        if (state == State.ENQUEUEING || state == State.OVER) {
            return;
        }
        QueuePosition.Verdict verdict = position.verdict();
        if (verdict == QueuePosition.Verdict.LOST) {
            lose(LockLostReason.FORCED, Optional.empty());
        } else if (state == State.WAITING) {
            if (verdict == QueuePosition.Verdict.OWN) {
                prepare();
            } else {
                waitForTurn(verdict);
            }
        }
    }

    private void waitForTurn(QueuePosition.Verdict verdict) {
        context.watch().open();
        if (verdict == QueuePosition.Verdict.READ || (context.watch().isLive() && !position.isCovered())) {
            readQueue();
        }
        if (timer == null) {
            // The safety net under the watch: servers have been known to lose events.
            after(Duration.ofMillis(3_000 + ThreadLocalRandom.current().nextLong(2_000)), this::readQueue);
        }
    }

    private void readQueue() {
        if (reading || state == State.OVER) {
            return;
        }
        reading = true;
        long generation = context.watch().liveGeneration();
        long floor = context.watch().floor();
        env.store()
                .range(RangeQuery.of(context.keys().range()))
                .whenComplete((found, failure) -> context.serial().execute(() -> {
                    reading = false;
                    if (failure == null) {
                        boolean live =
                                generation != 0 && generation == context.watch().liveGeneration();
                        position.read(found.revision(), context.keys().members(found.entries()), live, floor);
                        evaluate();
                    } else if (state != State.OVER) {
                        env.time().schedule(PAUSE, () -> context.serial().execute(this::readQueue));
                    }
                }));
    }

    // ---- from first in the queue to owner

    /** An owner starts with a lease that has some life left, and a fixed TTL starts at the grant. */
    private void prepare() {
        state = State.PREPARING;
        cancelTimer();
        Session session = leases.session();
        Duration third = session.ttl().dividedBy(3);
        Duration enough = third.compareTo(LONGEST_MIN_VALIDITY) < 0 ? third : LONGEST_MIN_VALIDITY;
        if (founder.options().fixedTtl()) {
            own(session.renewLastTime());
        } else if (session.remaining().compareTo(enough) >= 0) {
            own(CompletableFuture.completedFuture(null));
        } else {
            own(session.renewNow());
        }
    }

    private void own(CompletableFuture<Void> renewal) {
        renewal.whenComplete((done, failure) -> context.serial().execute(() -> {
            if (state != State.PREPARING) {
                return;
            }
            if (failure != null || !isValid()) {
                after(PAUSE, () -> own(leases.session().renewNow()));
                return;
            }
            state = State.OWNED;
            after(WATCH_AFTER, this::lookAfterKey);
            listener.owned(this);
        }));
    }

    private void lookAfterKey() {
        if (state == State.OWNED) {
            context.watch().open();
            if (context.watch().isLive() && !position.isCovered()) {
                readQueue();
            }
        }
    }

    /**
     * Renews the lease after this call began and makes sure that the key is still there.
     *
     * @return fails with {@code LOCK_LOST} when it is not
     */
    CompletableFuture<Void> renew() {
        CompletableFuture<Void> renewal = leases.session().renewNow();
        return env.store()
                .range(RangeQuery.key(key))
                .thenCombine(renewal, (found, renewed) -> found)
                .thenAccept(found -> {
                    boolean present = found.first()
                            .filter(entry -> entry.createRevision() == position.revision())
                            .isPresent();
                    if (!present) {
                        context.serial().execute(() -> lose(LockLostReason.FORCED, Optional.empty()));
                        throw keyIsGone();
                    }
                });
    }

    /**
     * Hangs the key on a lease of another TTL; the place in the queue and the token stay. Until that is definite the key may
     * be on either lease, so both must live.
     *
     * @param target the fence of the new lease; one reservation of its session passes to this place
     */
    CompletableFuture<Void> rebind(Fence target, Duration newTtl) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        context.serial().execute(() -> {
            if (state == State.OWNED && !leases.isMoving()) {
                leases.beginMove(target);
                rebindTo(target, newTtl, result);
            } else {
                target.session().release();
                result.completeExceptionally(CoordinationException.of(
                        ErrorCode.INVALID_STATE, "lock '" + founder.name() + "' is being released or renewed already"));
            }
        });
        return result;
    }

    private void rebindTo(Fence target, Duration newTtl, CompletableFuture<Void> result) {
        Txn txn = LockTxns.rebind(
                key, position.revision(), value, target.session().leaseId());
        Rebind rebind = new Rebind(context, txn, () -> state != State.OVER);
        rebind.moved().thenAccept(moved -> {
            if (state != State.OVER && moved) {
                leases.endMove();
                enqueue = null;
                ttlClass = newTtl;
                if (founder.options().fixedTtl()) {
                    target.session().renewLastTime();
                }
            } else {
                lose(LockLostReason.FORCED, Optional.empty());
            }
        });
        rebind.firstAnswer().whenComplete((moved, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else if (moved) {
                result.complete(null);
            } else {
                result.completeExceptionally(keyIsGone());
            }
        });
        // A late copy of the enqueue must not find the key released after the move.
        CompletableFuture<Void> settled = isTainted() ? fence().settle() : CompletableFuture.completedFuture(null);
        settled.thenRun(() -> context.serial().execute(rebind::send));
    }

    private CoordinationException keyIsGone() {
        return CoordinationException.of(ErrorCode.LOCK_LOST, "lock '" + founder.name() + "' is lost: its key is gone");
    }

    // ---- the end

    /** Takes the key out of the queue; true when that is certain to have been this call. */
    CompletableFuture<Boolean> leave() {
        if (state == State.OVER) {
            return CompletableFuture.completedFuture(false);
        }
        if (state != State.ENQUEUEING) {
            return endAfter(removeKey());
        }
        if (enqueue != null) {
            enqueue.giveUp();
        }
        return endAfter(Objects.requireNonNull(outcome).thenCompose(this::cleanUp));
    }

    /**
     * The key goes away in the transaction that queues its successor, which takes over the reservation of the lease.
     *
     * @param done completes when that is definite
     */
    void handedOver(CompletableFuture<Boolean> done) {
        end();
        done.whenComplete((placed, failure) -> leases.forgetKey());
    }

    /** Stops believing in the key and lets its lease run out. */
    void abandon() {
        end();
        leases.leave();
    }

    private CompletableFuture<Boolean> cleanUp(Enqueue.Outcome result) {
        if (isTainted() || (result instanceof Enqueue.Failed && enqueue != null && !enqueue.isResolved())) {
            return Departure.close(fence(), key);
        }
        return result instanceof Enqueue.Placed placed
                ? Departure.release(env, leases, key, placed.createRevision())
                : CompletableFuture.completedFuture(false);
    }

    private CompletableFuture<Boolean> removeKey() {
        return isTainted() ? Departure.close(fence(), key) : Departure.release(env, leases, key, position.revision());
    }

    private boolean isTainted() {
        return enqueue != null && enqueue.isTainted();
    }

    private void sessionLost(SessionLoss loss) {
        LockLostReason reason = switch (loss.reason()) {
            case EXPIRED -> LockLostReason.EXPIRED;
            case LEASE_GONE, KEY_DELETED -> LockLostReason.SESSION;
            case CLOSED -> LockLostReason.CLOSED;
        };
        lose(reason, loss.cause());
    }

    private void lose(LockLostReason reason, Optional<Throwable> cause) {
        if (state == State.OVER) {
            return;
        }
        // The key may hang on a lease that lives; otherwise removing it finds nothing.
        boolean mayExist = state != State.ENQUEUEING && !leases.areOver();
        endAfter(mayExist ? removeKey() : CompletableFuture.completedFuture(false));
        listener.lost(this, reason, cause);
    }

    /** Over at once; the leases stay referenced until it is certain that the key is on none of them. */
    private CompletableFuture<Boolean> endAfter(CompletableFuture<Boolean> removed) {
        end();
        removed.whenComplete((done, failure) -> leases.release());
        listener.leaving(removed);
        return removed;
    }

    private void end() {
        state = State.OVER;
        over = true;
        cancelTimer();
        leases.forgetLosses();
    }

    private void after(Duration delay, Runnable task) {
        cancelTimer();
        timer = env.time()
                .schedule(
                        delay,
                        () -> context.serial().execute(() -> {
                            timer = null;
                            if (state != State.OVER) {
                                task.run();
                            }
                        }));
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}

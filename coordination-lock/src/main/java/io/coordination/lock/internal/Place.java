package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Blocking;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.RangeQuery;
import io.coordination.store.Session;
import io.coordination.store.SessionLoss;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
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

    private State state = State.ENQUEUEING;
    private Fence fence;
    private Duration ttlClass;
    private @Nullable Enqueue enqueue;
    private @Nullable CompletableFuture<Enqueue.Outcome> outcome;
    private TimeSource.@Nullable Timer timer;
    private Watch lossWatch;
    private boolean reading;

    // Asked by holders on any thread. While there are two, the key hangs on one of them, so both must live.
    private volatile Session session;
    private volatile @Nullable Session nextSession;
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
        this.fence = fence;
        this.session = fence.session();
        this.listener = listener;
        this.ttlClass = founder.options().ttl();
        this.key = env.keys().lockKey(founder.name(), session.leaseId(), fence.nextAttempt());
        this.value = Membership.exclusive(founder, env.time().now());
        this.position = new QueuePosition(key, context.watch().isLive());
        this.lossWatch = session.onLost(loss -> context.serial().execute(() -> sessionLost(loss)));
    }

    /** Queues the key, or tries to take the lock at once. */
    void start() {
        LockTxns.Ticket ticket = ticket();
        LongFunction<Txn> txn = founder.triesOnce()
                ? known -> LockTxns.attempt(context.keys(), ticket, known)
                : known -> LockTxns.enqueue(context.keys(), ticket, known);
        Enqueue sending = new Enqueue(context, fence, txn, !founder.triesOnce());
        enqueue = sending;
        await(sending.start());
    }

    /** Queues the key in the transaction that releases another one of the same lease. */
    CompletableFuture<Boolean> startBehind(Place predecessor) {
        Requeue requeue = new Requeue(
                context,
                session,
                LockTxns.requeue(context.keys(), predecessor.key, predecessor.position.revision(), ticket()));
        CompletableFuture<Enqueue.Outcome> answer = requeue.start();
        await(answer);
        return answer.thenApply(Enqueue.Placed.class::isInstance);
    }

    private LockTxns.Ticket ticket() {
        return new LockTxns.Ticket(key, value, session.leaseId(), fence.key());
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
                fence.settle();
            }
            position.answered(
                    placed.createRevision(),
                    placed.answeredAt(),
                    context.keys().members(placed.queue()),
                    context.watch().floor());
            state = State.WAITING;
            listener.placed(this);
            evaluate();
        } else if (result instanceof Enqueue.Refused) {
            end();
            session.release();
            listener.refused(this);
        } else if (result instanceof Enqueue.PredecessorGone) {
            end();
            session.release();
            listener.lost(this, LockLostReason.FORCED, Optional.empty());
        } else if (result instanceof Enqueue.Failed failed) {
            end();
            forget(cleanUp(result));
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

    /** Whether the key can be replaced by a new one of the same lease in one transaction. */
    boolean canHandOver() {
        return state == State.OWNED && !isTainted() && nextSession == null && isValid();
    }

    Fence fence() {
        return fence;
    }

    /** The fencing token of the hold. */
    long token() {
        return Tokens.of(position.revision(), 0);
    }

    /** Whether the key certainly exists at this moment. Safe on any thread. */
    boolean isValid() {
        Session next = nextSession;
        return !over && session.isValid() && (next == null || next.isValid());
    }

    /** How long the key certainly exists if no renewal succeeds. Safe on any thread. */
    Duration remaining() {
        Session next = nextSession;
        Duration left = over ? Duration.ZERO : session.remaining();
        return next == null || next.remaining().compareTo(left) > 0 ? left : next.remaining();
    }

    /** The TTL that was asked for, which decides who may share the lease. */
    Duration ttlClass() {
        return ttlClass;
    }

    /** The TTL of the lease. Safe on any thread. */
    Duration ttl() {
        return session.ttl();
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
            if (failure != null || !session.isValid()) {
                after(PAUSE, () -> own(session.renewNow()));
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
        CompletableFuture<Void> renewal = session.renewNow();
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
            if (state != State.OWNED || nextSession != null) {
                target.session().release();
                result.completeExceptionally(CoordinationException.of(
                        ErrorCode.INVALID_STATE, "lock '" + founder.name() + "' is being released or renewed already"));
                return;
            }
            nextSession = target.session();
            Watch before = lossWatch;
            Watch added = target.session().onLost(loss -> context.serial().execute(() -> sessionLost(loss)));
            lossWatch = new BothWatches(before, added);
            CompletableFuture<Void> settled = isTainted() ? fence.settle() : CompletableFuture.completedFuture(null);
            settled.thenRun(() -> context.serial().execute(() -> sendRebind(target, newTtl, result)));
        });
        return result;
    }

    private void sendRebind(Fence target, Duration newTtl, CompletableFuture<Void> result) {
        if (state == State.OVER) {
            result.completeExceptionally(keyIsGone());
            return;
        }
        env.store()
                .txn(LockTxns.rebind(
                        key, position.revision(), value, target.session().leaseId()))
                .whenComplete((answer, failure) -> context.serial().execute(() -> {
                    if (failure != null) {
                        result.completeExceptionally(Blocking.cause(failure));
                        env.time()
                                .schedule(
                                        PAUSE,
                                        () -> context.serial().execute(() -> sendRebind(target, newTtl, result)));
                    } else if (state == State.OVER || !answer.succeeded()) {
                        lose(LockLostReason.FORCED, Optional.empty());
                        result.completeExceptionally(keyIsGone());
                    } else {
                        rebound(target, newTtl);
                        result.complete(null);
                    }
                }));
    }

    private void rebound(Fence target, Duration newTtl) {
        Session old = session;
        session = target.session();
        nextSession = null;
        fence = target;
        enqueue = null;
        ttlClass = newTtl;
        if (founder.options().fixedTtl()) {
            session.renewLastTime();
        }
        lossWatch.close();
        lossWatch = session.onLost(loss -> context.serial().execute(() -> sessionLost(loss)));
        old.release();
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
        boolean queued = state != State.ENQUEUEING;
        end();
        CompletableFuture<Boolean> removed;
        if (queued) {
            removed = removeKey();
        } else {
            if (enqueue != null) {
                enqueue.giveUp();
            }
            removed = Objects.requireNonNull(outcome).thenCompose(this::cleanUp);
        }
        forget(removed);
        return removed;
    }

    /** The key goes away in the transaction that queues its successor, which takes over the reservation of the lease. */
    void handedOver() {
        end();
    }

    /** Stops believing in the key and lets its lease run out. */
    void abandon() {
        end();
        session.leave();
    }

    private CompletableFuture<Boolean> cleanUp(Enqueue.Outcome result) {
        if (result instanceof Enqueue.Placed placed) {
            return isTainted()
                    ? Departure.close(fence, key)
                    : Departure.release(env, session, key, placed.createRevision());
        }
        boolean open = result instanceof Enqueue.Failed && enqueue != null && !enqueue.isResolved();
        return open ? Departure.close(fence, key) : CompletableFuture.completedFuture(false);
    }

    private CompletableFuture<Boolean> removeKey() {
        return isTainted() ? Departure.close(fence, key) : Departure.release(env, session, key, position.revision());
    }

    private boolean isTainted() {
        return enqueue != null && enqueue.isTainted();
    }

    /** The leases are referenced until it is certain that the key is on none of them. */
    private void forget(CompletableFuture<Boolean> removed) {
        Session last = session;
        Session next = nextSession;
        removed.whenComplete((done, failure) -> {
            last.release();
            if (next != null) {
                next.release();
            }
        });
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
        boolean sessionLives = !session.isOver();
        if (sessionLives && state != State.ENQUEUEING) {
            end();
            // With two leases the key may be on the living one; without, this finds nothing.
            forget(removeKey());
        } else {
            end();
            forget(CompletableFuture.completedFuture(false));
        }
        listener.lost(this, reason, cause);
    }

    private void end() {
        state = State.OVER;
        over = true;
        cancelTimer();
        lossWatch.close();
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

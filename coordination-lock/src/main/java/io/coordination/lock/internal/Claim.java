package io.coordination.lock.internal;

import io.coordination.lock.LockLostReason;
import io.coordination.store.Blocking;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import io.coordination.store.WatchEvent;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One key in each of one or more queues, put in one transaction on one lease, from the first request to the certainty that they
 * are gone: what candidates, permits and multi-locks are made of. What a {@link Place} is to a lock, without a cohort: a claim
 * serves one request and is never handed on.
 *
 * <pre>
 * OPENING -> JOINING -> WAITING -> PREPARING -> OWNED -> OVER
 * </pre>
 *
 * <p>Every state may end in OVER: left by us, which takes the keys away in the background until that is definite, or lost.
 * Confined to its serial executor, except the questions of holders about validity.
 */
final class Claim implements QueueFeed.Reader {

    private static final Duration LONGEST_MIN_VALIDITY = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** What is held looks after its own keys from then on; shorter holds do without a watch. */
    private static final Duration WATCH_AFTER = Duration.ofMillis(100);

    private enum State {
        OPENING,
        JOINING,
        WAITING,
        PREPARING,
        OWNED,
        OVER
    }

    private final Environment env;
    private final LockSessions sessions;
    private final QueueFeeds feeds;
    private final SerialExecutor serial;
    private final ClaimTerms terms;
    private final ClaimListener listener;
    private final List<KeyRange> ranges;
    private final List<QueueFeed> joined = new ArrayList<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    private State state = State.OPENING;
    private List<Standing> standings = List.of();
    private @Nullable ClaimTxns txns;
    private @Nullable FencedAttempt<Joining.Outcome> joining;
    private @Nullable CompletableFuture<Joining.Outcome> outcome;
    private @Nullable Amendment amendment;
    private TimeSource.@Nullable Timer timer;
    private boolean reading;
    private volatile @Nullable ClaimLease lease; // set once
    private volatile long revision;
    private volatile boolean over;

    /** A claim that is not made yet. */
    Claim(
            Environment env,
            LockSessions sessions,
            QueueFeeds feeds,
            SerialExecutor serial,
            ClaimTerms terms,
            ClaimListener listener) {
        this.env = env;
        this.sessions = sessions;
        this.feeds = feeds;
        this.serial = serial;
        this.terms = terms;
        this.listener = listener;
        this.ranges = terms.queues().stream().map(terms.capacity()::range).toList();
    }

    // ---- into the queues

    /** Opens a session and joins the queues. */
    void start() {
        int keys = ranges.size();
        sessions.reserve(terms.ttl(), terms.fixedTtl(), keys)
                .whenComplete((fence, failure) -> serial.execute(() -> {
                    if (state == State.OPENING) {
                        opened(fence, failure);
                    } else if (failure == null) {
                        IntStream.range(0, keys).forEach(any -> fence.session().release());
                    }
                }));
    }

    private void opened(Fence fence, @Nullable Throwable failure) {
        if (failure == null) {
            join(fence);
        } else {
            endAfter(CompletableFuture.completedFuture(false));
            listener.failed(Blocking.failure(failure, "opening a session for a lock"));
        }
    }

    private void join(Fence fence) {
        String suffix = Keys.leaseSegment(fence.session().leaseId()) + "-" + fence.nextAttempt();
        List<String> keys =
                terms.queues().stream().map(queue -> queue.prefix() + suffix).toList();
        lease = new ClaimLease(
                fence,
                keys,
                () -> serial.execute(() -> lose(LockLostReason.FORCED, Optional.empty())),
                loss -> serial.execute(() -> sessionLost(loss)));
        standings = IntStream.range(0, keys.size())
                .mapToObj(i -> new Standing(terms.queues().get(i), keys.get(i), terms.capacity(), terms.wanted()))
                .toList();
        Bytes value = terms.value().apply(fence.session().identity());
        ClaimTxns made = new ClaimTxns(ranges, keys, value, fence.session().leaseId(), fence.key());
        Optional<Room> onlyIf = terms.waits() ? Optional.empty() : Optional.of(new Room(terms));
        FencedAttempt<Joining.Outcome> sending = new FencedAttempt<>(env, serial, fence, new Joining(made, onlyIf));
        txns = made;
        joining = sending;
        state = State.JOINING;
        CompletableFuture<Joining.Outcome> answer = sending.start();
        outcome = answer;
        answer.thenAccept(result -> {
            if (state == State.JOINING) {
                answered(result);
            }
        });
    }

    private void answered(Joining.Outcome result) {
        if (result instanceof Joining.Placed placed) {
            placed(placed);
        } else if (result instanceof Joining.Refused) {
            endAfter(cleanUp(result));
            listener.refused();
        } else if (result instanceof Joining.Failed failed) {
            endAfter(cleanUp(result));
            listener.failed(failed.cause());
        } else {
            lose(LockLostReason.SESSION, Optional.empty());
        }
    }

    private void placed(Joining.Placed placed) {
        if (isTainted()) {
            lease().fence().settle();
        }
        revision = placed.createRevision();
        for (int i = 0; i < standings.size(); i++) {
            standings
                    .get(i)
                    .answered(revision, placed.answeredAt(), placed.queues().get(i));
        }
        state = State.WAITING;
        lease().believe(revision);
        amendment = new Amendment(
                env,
                serial,
                keys().get(0),
                revision,
                () -> state != State.OVER,
                () -> lose(LockLostReason.FORCED, Optional.empty()));
        placed.patience().ifPresent(time -> after(time, this::refuse));
        listener.placed();
        evaluate();
    }

    private void refuse() {
        leave();
        listener.refused();
    }

    // ---- what the watches and reads say

    @Override
    public void onLive(QueueFeed feed, long floor) {
        serial.execute(() -> {
            standingsIn(feed).forEach(standing -> standing.live(floor));
            if (state == State.WAITING || state == State.OWNED) {
                readUnlessCovered();
                evaluate();
            }
        });
    }

    @Override
    public void onChanges(QueueFeed feed, List<WatchEvent> events) {
        serial.execute(() -> {
            standingsIn(feed).forEach(standing -> events.forEach(standing::changed));
            evaluate();
        });
    }

    @Override
    public void onGap(QueueFeed feed) {
        serial.execute(() -> {
            standingsIn(feed).forEach(Standing::gap);
            evaluate();
        });
    }

    private List<Standing> standingsIn(QueueFeed feed) {
        int i = ranges.indexOf(feed.range());
        return i < standings.size() ? List.of(standings.get(i)) : List.of();
    }

    private void evaluate() {
        if (state == State.OPENING || state == State.JOINING || state == State.OVER) {
            return;
        }
        List<Standing.Verdict> verdicts =
                standings.stream().map(Standing::verdict).distinct().toList();
        if (verdicts.contains(Standing.Verdict.LOST)) {
            lose(LockLostReason.FORCED, Optional.empty());
        } else if (state == State.WAITING) {
            decide(verdicts);
        }
        standings.forEach(Standing::momentIsOver);
    }

    private void decide(List<Standing.Verdict> verdicts) {
        if (verdicts.contains(Standing.Verdict.NEVER)) {
            long limit = standings.get(0).limit();
            leave();
            listener.failed(terms.capacity().neverFits(terms.wanted(), limit));
        } else if (verdicts.equals(List.of(Standing.Verdict.OWN))) {
            prepare();
        } else {
            waitForTurn(!verdicts.contains(Standing.Verdict.WAIT));
        }
    }

    private void waitForTurn(boolean readFirst) {
        watch();
        if (readFirst) {
            read();
        }
        readUnlessCovered();
        if (timer == null) {
            // The safety net under the watch: servers have been known to lose events.
            after(Duration.ofMillis(3_000 + ThreadLocalRandom.current().nextLong(2_000)), this::read);
        }
    }

    private void watch() {
        if (joined.isEmpty()) {
            ranges.forEach(range -> joined.add(feeds.join(range, this)));
        }
    }

    private void readUnlessCovered() {
        if (standings.stream().anyMatch(standing -> standing.isWatched() && !standing.isCovered())) {
            read();
        }
    }

    private void read() {
        if (reading || state == State.OVER) {
            return;
        }
        reading = true;
        ClaimTxns made = Objects.requireNonNull(txns);
        env.store()
                .txn(made.look())
                .whenComplete((result, failure) -> serial.execute(() -> {
                    reading = false;
                    if (failure == null) {
                        List<List<KeyValue>> queues = made.looked(result);
                        for (int i = 0; i < standings.size(); i++) {
                            standings.get(i).read(result.revision(), queues.get(i));
                        }
                        evaluate();
                    } else if (state != State.OVER) {
                        env.time().schedule(PAUSE, () -> serial.execute(this::read));
                    }
                }));
    }

    // ---- from first in the queue to owner

    /** An owner starts with a lease that has some life left, and a fixed TTL starts at the grant. */
    private void prepare() {
        state = State.PREPARING;
        cancelTimer();
        Session session = lease().session();
        Duration third = session.ttl().dividedBy(3);
        Duration enough = third.compareTo(LONGEST_MIN_VALIDITY) < 0 ? third : LONGEST_MIN_VALIDITY;
        if (terms.fixedTtl()) {
            own(session.renewLastTime());
        } else if (session.remaining().compareTo(enough) >= 0) {
            own(CompletableFuture.completedFuture(null));
        } else {
            own(session.renewNow());
        }
    }

    private void own(CompletableFuture<Void> renewal) {
        renewal.whenComplete((done, failure) -> serial.execute(() -> {
            if (state != State.PREPARING) {
                return;
            }
            if (failure != null || !isValid()) {
                after(PAUSE, () -> own(lease().session().renewNow()));
                return;
            }
            state = State.OWNED;
            after(WATCH_AFTER, this::lookAfterKeys);
            listener.owned();
        }));
    }

    private void lookAfterKeys() {
        if (state == State.OWNED) {
            watch();
            readUnlessCovered();
        }
    }

    /** Gives the key another value, while it is owned; answers whether it is stored. */
    CompletableFuture<Boolean> amend(Bytes value) {
        return state == State.OWNED && amendment != null
                ? amendment.put(value)
                : CompletableFuture.completedFuture(false);
    }

    /** The create revision of the keys. Safe on any thread. */
    long revision() {
        return revision;
    }

    /** Whether the keys certainly exist at this moment. Safe on any thread. */
    boolean isValid() {
        ClaimLease known = lease;
        return !over && known != null && known.isValid();
    }

    /** How long they certainly exist if no renewal succeeds. Safe on any thread. */
    Duration remaining() {
        ClaimLease known = lease;
        return over || known == null ? Duration.ZERO : known.remaining();
    }

    /** The TTL of the lease. Safe on any thread. */
    Duration ttl() {
        ClaimLease known = lease;
        return known == null ? terms.ttl() : known.session().ttl();
    }

    // ---- the end

    /** Takes the keys out of their queues; true when that is certain to have been this call. */
    CompletableFuture<Boolean> leave() {
        if (state == State.OVER) {
            return CompletableFuture.completedFuture(false);
        }
        if (state == State.OPENING) {
            return endAfter(CompletableFuture.completedFuture(false));
        }
        if (state != State.JOINING) {
            return endAfter(removeKeys());
        }
        Objects.requireNonNull(joining).giveUp();
        return endAfter(Objects.requireNonNull(outcome).thenCompose(this::cleanUp));
    }

    /** As {@link #leave}, except that a fixed TTL that has begun is left to run out. Safe on any thread. */
    CompletableFuture<Void> close() {
        serial.execute(() -> {
            if (terms.fixedTtl() && state == State.OWNED) {
                end();
                lease().leave();
                gone.complete(null);
            } else {
                leave();
            }
        });
        return gone;
    }

    /** Completes when it is certain that no key is left. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    private CompletableFuture<Boolean> cleanUp(Joining.Outcome result) {
        FencedAttempt<Joining.Outcome> sent = Objects.requireNonNull(joining);
        if (sent.isTainted() || (result instanceof Joining.Failed && !sent.isResolved())) {
            return closeKeys();
        }
        return result instanceof Joining.Placed placed
                ? releaseKeys(placed.createRevision())
                : CompletableFuture.completedFuture(false);
    }

    private CompletableFuture<Boolean> removeKeys() {
        return isTainted() ? closeKeys() : releaseKeys(revision);
    }

    private CompletableFuture<Boolean> closeKeys() {
        return Departure.close(lease().fence(), keys()).thenApply(Departure.Left::ours);
    }

    private CompletableFuture<Boolean> releaseKeys(long createRevision) {
        return Departure.release(env, lease(), keys(), createRevision, Delivery.URGENT)
                .thenApply(Departure.Left::ours);
    }

    private List<String> keys() {
        return Objects.requireNonNull(txns).keys();
    }

    private ClaimLease lease() {
        return Objects.requireNonNull(lease);
    }

    private boolean isTainted() {
        return joining != null && joining.isTainted();
    }

    private void sessionLost(SessionLoss loss) {
        LockLostReason reason = LossReason.of(loss);
        lose(reason, loss.cause());
    }

    private void lose(LockLostReason reason, Optional<Throwable> cause) {
        if (state == State.OVER) {
            return;
        }
        boolean mayExist = state != State.OPENING && state != State.JOINING && !lease().areOver();
        endAfter(mayExist ? removeKeys() : CompletableFuture.completedFuture(false));
        listener.lost(reason, cause);
    }

    /** Over at once; the lease stays referenced until it is certain that no key is on it. */
    private CompletableFuture<Boolean> endAfter(CompletableFuture<Boolean> removed) {
        end();
        ClaimLease known = lease;
        removed.whenComplete((done, failure) -> {
            if (known != null) {
                known.release();
            }
            gone.complete(null);
        });
        return removed;
    }

    private void end() {
        state = State.OVER;
        over = true;
        cancelTimer();
        ClaimLease known = lease;
        if (known != null) {
            known.forgetLosses();
        }
        joined.forEach(feed -> feeds.leave(feed, this));
        joined.clear();
    }

    private void after(Duration delay, Runnable task) {
        cancelTimer();
        timer = env.time()
                .schedule(
                        delay,
                        () -> serial.execute(() -> {
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

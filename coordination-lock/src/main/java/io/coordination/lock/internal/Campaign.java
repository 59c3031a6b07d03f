package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.election.Candidacy;
import io.coordination.lock.election.LeaderOptions;
import io.coordination.lock.election.Leadership;
import io.coordination.lock.election.LeadershipEnd;
import io.coordination.lock.election.LeadershipListener;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.ListenerCalls;
import io.coordination.store.ListenerQueue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One candidate: a claim in the election's queue, and another one whenever the former is over. Everything runs in one serial
 * executor, which is also that of its claims; at most one of them is not over.
 */
final class Campaign implements Candidacy, ClaimListener, Claims.Owner {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Claims claims;
    private final Environment env;
    private final String election;
    private final QueueKeys queue;
    private final LeaderOptions options;
    private final SerialExecutor serial = SerialExecutor.direct();
    private final ListenerQueue<List<LeaderSignal>> signals;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private @Nullable Claim claim;
    private CompletableFuture<Void> backInQueue = new CompletableFuture<>(); // after the last stepDown, or over
    private @Nullable Membership value;
    private TimeSource.@Nullable Timer timer;
    private boolean handingOver;
    private boolean over;
    private volatile @Nullable LeaderTerm term;

    Campaign(Claims claims, String election, LeaderOptions options, LeadershipListener listener) {
        this.claims = claims;
        this.env = claims.env();
        this.election = election;
        this.queue = new QueueKeys(env.keys().lockPrefix(election));
        this.options = options;
        this.signals = new ListenerQueue<>(ListenerCalls.of(env), new LeaderSignals(election, listener), () -> {});
    }

    void begin() {
        claims.enter(this);
        serial.execute(this::stand);
    }

    private void stand() {
        if (over) {
            return;
        }
        claim = claims.claim(
                new ClaimTerms(List.of(queue), Capacity.ONE_OWNER, 1, options.ttl(), false, true, this::valueOf),
                serial,
                this);
        claim.start();
    }

    private Bytes valueOf(Bytes identity) {
        Membership made = Membership.of(
                        PlaceMode.EXCLUSIVE, options.label(), env.time().now())
                .by(identity)
                .saying(options.payload());
        value = made;
        return made.toBytes();
    }

    // ---- what becomes of the claim

    @Override
    public void placed() {
        backInQueue.complete(null);
    }

    @Override
    public void owned() {
        if (over || claim == null) {
            return;
        }
        LeaderTerm begun = new LeaderTerm(claim, env.time().now());
        term = begun;
        env.log()
                .atInfo()
                .addKeyValue("election", election)
                .addKeyValue("token", begun.fencingToken())
                .log("Elected");
        signals.deliver(List.of(List.of(LeaderSignal.elected(begun))));
        options.maxTerm().ifPresent(length -> after(length, () -> termIsOver(begun)));
    }

    @Override
    public void refused() {
        throw new IllegalStateException("a candidate waits");
    }

    @Override
    public void failed(CoordinationException cause) {
        if (over) {
            return;
        }
        if (cause.retryable()) {
            after(PAUSE, this::stand);
        } else {
            finish(Optional.of(cause));
        }
    }

    @Override
    public void lost(LockLostReason reason, Optional<Throwable> cause) {
        if (over) {
            return;
        }
        boolean closed = reason == LockLostReason.CLOSED;
        stop(closed ? LeadershipEnd.CLOSED : LeadershipEnd.LOST);
        handingOver = false;
        cancelTimer();
        if (closed) {
            finish(Optional.empty());
        } else if (options.rejoin()) {
            stand();
        } else {
            String message = "the place in election '" + election + "' was lost (" + reason + "): campaign again";
            finish(Optional.of(cause.map(why -> new LockLostException(message, why))
                    .orElseGet(() -> new LockLostException(message))));
        }
    }

    private void termIsOver(LeaderTerm which) {
        if (term == which) {
            handingOver = true;
            CompletableFuture<Void> told = stop(LeadershipEnd.TERM_OVER);
            // A listener that hangs must not keep the others from leading for ever.
            after(options.ttl(), this::handOver);
            told.thenRun(() -> serial.execute(this::handOver));
        }
    }

    private void handOver() {
        if (handingOver && claim != null) {
            handingOver = false;
            cancelTimer();
            claim.leave();
            stand();
        }
    }

    /** Ends the present leadership; what it returns completes when the listener has heard of it. */
    private CompletableFuture<Void> stop(LeadershipEnd reason) {
        LeaderTerm ending = term;
        if (ending == null) {
            return CompletableFuture.completedFuture(null);
        }
        ending.end();
        term = null;
        env.log()
                .atInfo()
                .addKeyValue("election", election)
                .addKeyValue("token", ending.fencingToken())
                .addKeyValue("reason", reason)
                .log("Leads no more");
        LeaderSignal stopped = LeaderSignal.stopped(ending, reason);
        signals.deliver(List.of(List.of(stopped)));
        return stopped.told();
    }

    private void finish(Optional<CoordinationException> failure) {
        over = true;
        handingOver = false;
        cancelTimer();
        backInQueue.complete(null);
        claims.exit(this);
        try {
            env.callbacks().execute(() -> complete(failure));
        } catch (RejectedExecutionException e) {
            env.log().atError().setCause(e).addKeyValue("election", election).log("The callback executor refuses work");
        }
    }

    private void complete(Optional<CoordinationException> failure) {
        failure.ifPresentOrElse(ended::completeExceptionally, () -> ended.complete(null));
    }

    @Override
    public void coordinatorClosed() {
        serial.execute(() -> {
            if (!over) {
                stop(LeadershipEnd.CLOSED);
                finish(Optional.empty());
            }
        });
    }

    // ---- what the user asks for

    @Override
    public boolean isLeader() {
        return leadership().isPresent();
    }

    @Override
    public Optional<Leadership> leadership() {
        return Optional.<Leadership>ofNullable(term).filter(Leadership::isHeld);
    }

    @Override
    public void proclaim(String payload) {
        LeaderOptions checked = LeaderOptions.ofPayload(payload);
        CompletableFuture<Boolean> stored = serial.compose(() -> proclaimed(checked.payload()));
        if (!BoundedWait.await(env, stored, "proclaiming in election '" + election + "'")) {
            throw new LockLostException("the leadership in election '" + election + "' was lost meanwhile");
        }
    }

    private CompletableFuture<Boolean> proclaimed(String payload) {
        if (term == null || !term.isHeld() || claim == null || value == null) {
            return CompletableFuture.failedFuture(CoordinationException.of(
                    ErrorCode.INVALID_STATE, "only the leader of election '" + election + "' may proclaim"));
        }
        return claim.amend(value.saying(payload).toBytes());
    }

    @Override
    public boolean stepDown() {
        return BoundedWait.uninterruptibly(
                env, serial.compose(this::steppedDown), "stepping down in election '" + election + "'");
    }

    private CompletableFuture<Boolean> steppedDown() {
        if (term == null || claim == null) {
            return CompletableFuture.completedFuture(false);
        }
        stop(LeadershipEnd.STEPPED_DOWN);
        cancelTimer();
        CompletableFuture<Boolean> left = claim.leave();
        backInQueue = new CompletableFuture<>();
        stand();
        // Not before the new place is certain: otherwise a leader who steps down next could come before us again.
        return left.thenCombine(backInQueue, (any, place) -> true);
    }

    @Override
    public boolean resign() {
        return BoundedWait.uninterruptibly(
                env, serial.compose(this::resigned), "resigning in election '" + election + "'");
    }

    @Override
    public void close() {
        serial.execute(this::resigned);
    }

    private CompletableFuture<Boolean> resigned() {
        if (over) {
            return CompletableFuture.completedFuture(false);
        }
        boolean led = term != null;
        stop(LeadershipEnd.RESIGNED);
        finish(Optional.empty());
        return claim == null
                ? CompletableFuture.completedFuture(led)
                : claim.leave().thenApply(any -> led);
    }

    @Override
    public CompletionStage<Void> ended() {
        return ended.minimalCompletionStage();
    }

    private void after(Duration delay, Runnable task) {
        cancelTimer();
        timer = env.time()
                .schedule(
                        delay,
                        () -> serial.execute(() -> {
                            if (!over) {
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

package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.internal.Durations;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Blocking;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One wish for permits or for several locks, through as many claims as it takes, and then the hold. Its future is the one place where
 * grant, refusal, time-out and cancellation meet: whichever completes it first wins, and a grant that comes second is given back.
 */
final class ClaimRequest implements PendingGrant<ClaimHold>, ClaimListener, Claims.Owner {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Claims claims;
    private final Environment env;
    private final ClaimWish wish;
    private final Supplier<ClaimTerms> terms;
    private final SerialExecutor serial = SerialExecutor.direct();
    private final CompletableFuture<Optional<ClaimHold>> answer = new CompletableFuture<>();

    private @Nullable Claim claim;
    private @Nullable ClaimHold hold;
    private TimeSource.@Nullable Timer pause;
    private boolean wasPlaced;

    ClaimRequest(Claims claims, ClaimWish wish, Supplier<ClaimTerms> terms) {
        this.claims = claims;
        this.env = claims.env();
        this.wish = wish;
        this.terms = terms;
    }

    /** Begins once something else is settled, whose failure is ours. */
    void begin(CompletableFuture<Void> settled) {
        TimeSource.Timer limit = wish.limit(env.options().requestTimeout())
                .map(time -> env.time().schedule(time, () -> timeOut(time)))
                .orElse(() -> {});
        answer.whenComplete((done, failure) -> {
            limit.cancel();
            serial.execute(this::ended);
        });
        claims.enter(this);
        settled.whenComplete((done, failure) -> serial.execute(() -> {
            if (failure == null) {
                stand();
            } else {
                fail(Blocking.failure(failure, "acquiring " + wish.what()));
            }
        }));
    }

    ClaimWish wish() {
        return wish;
    }

    @Override
    public String name() {
        return wish.name();
    }

    @Override
    public String what() {
        return wish.what();
    }

    @Override
    public CompletableFuture<Optional<ClaimHold>> answer() {
        return answer;
    }

    @Override
    public boolean cancel() {
        return answer.cancel(false);
    }

    @Override
    public void giveBack(ClaimHold granted) {
        granted.release();
    }

    SerialExecutor serial() {
        return serial;
    }

    /** Gives the keys of the hold another value. In the serial executor. */
    CompletableFuture<Boolean> amend(Bytes value) {
        return claim == null ? CompletableFuture.completedFuture(false) : claim.amend(value);
    }

    private void stand() {
        if (!answer.isDone()) {
            claim = claims.claim(terms.get(), serial, this);
            claim.start();
        }
    }

    /** The wish has an answer: what is not held is given back. */
    private void ended() {
        if (pause != null) {
            pause.cancel();
        }
        if (hold == null) {
            if (claim != null) {
                claim.leave();
            }
            claims.exit(this);
        }
    }

    private void fail(CoordinationException cause) {
        answer.completeExceptionally(cause);
    }

    private void timeOut(Duration time) {
        if (wish.mode() == ClaimWish.Mode.TRY_FOR_A_WHILE) {
            answer.complete(Optional.empty());
        } else {
            answer.completeExceptionally(new CoordinationTimeoutException(wish.what() + " was not acquired within "
                    + (wish.triesOnce() ? "requestTimeout " : "waitTime ") + Durations.text(time) + ": "
                    + (wasPlaced ? "it is held by others" : "the store has not answered")));
        }
    }

    // ---- what becomes of the claim

    @Override
    public void placed() {
        wasPlaced = true;
    }

    @Override
    public void owned() {
        if (claim == null) {
            return;
        }
        ClaimHold granted = new ClaimHold(env, serial, claim, wish.name());
        // Installed before it is told: the owner may release it at once.
        hold = granted;
        wish.maxHold().ifPresent(granted::endAfter);
        if (!answer.complete(Optional.of(granted))) {
            granted.release();
        }
        claim.gone().thenRun(() -> claims.exit(this));
    }

    @Override
    public void refused() {
        answer.complete(Optional.empty());
    }

    @Override
    public void failed(CoordinationException cause) {
        if (wasPlaced && cause.retryable() && !answer.isDone()) {
            // Who has waited in the queue rides an outage out; others learn that there is one.
            pause = env.time().schedule(PAUSE, () -> serial.execute(this::stand));
        } else {
            fail(cause);
        }
    }

    @Override
    public void lost(LockLostReason reason, Optional<Throwable> cause) {
        if (hold != null) {
            hold.lose(reason, cause);
        } else if (reason == LockLostReason.CLOSED) {
            fail(closedFailure());
        } else {
            stand();
        }
    }

    @Override
    public void coordinatorClosed() {
        serial.execute(() -> {
            fail(closedFailure());
            if (hold != null) {
                hold.lose(LockLostReason.CLOSED, Optional.empty());
            }
        });
    }

    private CoordinationException closedFailure() {
        return new CoordinationClosedException("the coordinator was closed while " + wish.what() + " was asked for");
    }
}

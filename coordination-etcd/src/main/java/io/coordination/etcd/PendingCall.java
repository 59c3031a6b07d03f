package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.Instrumentation.HeldBack;
import io.coordination.Instrumentation.Outcome;
import io.coordination.internal.Durations;
import io.coordination.store.TimeSource.Timer;
import io.github.resilience4j.retry.Retry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call with all its attempts. Its future ends within the call's timeout; whoever completes it from outside ends the
 * attempt that runs and all that would follow.
 *
 * <p>Steps follow each other (wait for a place, attempt, answer, pause, attempt …), each on the thread that ended the one
 * before, so only what {@link #closed} and {@link #ended} read is volatile.
 */
final class PendingCall<Q, R, T> implements Attempt.Outcome<R>, InFlightLimit.Waiting {

    private static final Duration LEAST_SHARE = Duration.ofSeconds(1);
    private static final Duration LEAST_TO_BLAME = Duration.ofMillis(250);
    private static final Duration MOST_TO_SEND = Duration.ofMillis(100);
    private static final int MAX_NEW_TOKENS = 2;

    /** Where the call is among those in flight. */
    private enum Place {
        /** Nowhere yet, or for good because it needs no place. */
        NONE,
        WAITING,
        /** It was given a place and makes its first attempt on the thread that gave it. */
        ENTERING,
        HELD,
        /** It ended. */
        OVER
    }

    private final ResilientCalls calls;
    private final Rpc<Q, R, T> rpc;
    private final long began;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final AtomicReference<Place> place = new AtomicReference<>(Place.NONE);
    private int attempts;
    private int sends;
    private int newTokens;
    private long attemptBegan;
    private Duration share = Duration.ZERO;
    private Retry.@Nullable AsyncContext<Object> retry;
    private @Nullable Token token;
    private @Nullable Member member;
    private @Nullable CoordinationException disconnected;
    private volatile boolean answered;
    private volatile boolean maybeApplied;
    private volatile boolean closing;
    private volatile @Nullable Attempt<Q, R> current;
    private volatile @Nullable Timer timer;

    PendingCall(ResilientCalls calls, Rpc<Q, R, T> rpc) {
        this.calls = calls;
        this.rpc = rpc;
        this.began = calls.time().nanoTime();
    }

    /** Ends the call before it began, because the store is closed already. */
    CompletableFuture<T> refused() {
        Futures.whenDone(future, this::ended);
        future.completeExceptionally(CoordinationException.of(
                ErrorCode.CLOSED, rpc.description() + " was refused: the connection to etcd was closed"));
        return future;
    }

    CompletableFuture<T> start() {
        Futures.whenDone(future, this::ended);
        if (!rpc.kind().guarded()) {
            attempt();
            return future;
        }
        calls.budget().earn();
        if (!calls.limit().tryEnter()) {
            waitInLine();
        } else if (place.compareAndSet(Place.NONE, Place.HELD)) {
            attempt();
        } else {
            calls.limit().leave();
        }
        return future;
    }

    private void waitInLine() {
        timer = calls.time().schedule(rpc.timeout().minus(leastToSend()), this::waitedTooLong);
        if (!place.compareAndSet(Place.NONE, Place.WAITING)) {
            cancelTimer();
        } else if (!calls.limit().join(this)) {
            heldBack(HeldBack.TOO_MANY_IN_FLIGHT);
            future.completeExceptionally(CoordinationException.of(
                    ErrorCode.SERVICE_UNAVAILABLE,
                    tooMany("and " + InFlightLimit.LONGEST_LINE + " more wait for their turn: send fewer at once")));
        } else if (place.get() == Place.OVER) {
            calls.limit().withdraw(this);
        }
    }

    /** The end of its time, in which a call is not sent any more: it would be cut off and nobody knew what became of it. */
    private Duration leastToSend() {
        return shorter(rpc.timeout().dividedBy(10), MOST_TO_SEND);
    }

    private void waitedTooLong() {
        // Taken out first: a call that begins at this moment must not be called one that never began.
        if (place.compareAndSet(Place.WAITING, Place.OVER)) {
            calls.limit().withdraw(this);
            heldBack(HeldBack.TOO_MANY_IN_FLIGHT);
            future.completeExceptionally(CoordinationException.of(
                    ErrorCode.TIMEOUT_ERROR,
                    tooMany("and its turn did not come within " + Durations.text(rpc.timeout())
                            + ": send fewer at once, or raise maxCallsInFlight if the cluster can serve more")));
        }
    }

    private String tooMany(String more) {
        return rpc.description() + " was not sent: " + calls.limit().places()
                + " calls are under way, which is the limit maxCallsInFlight, " + more;
    }

    @Override
    public boolean go() {
        if (left().compareTo(leastToSend()) < 0) {
            waitedTooLong();
        }
        if (!place.compareAndSet(Place.WAITING, Place.ENTERING)) {
            return false;
        }
        cancelTimer();
        attempt();
        return place.compareAndSet(Place.ENTERING, Place.HELD);
    }

    /** Ends the call because the store is closed. */
    void closed() {
        // Before the look at the attempt: one that this misses finds the mark and is not sent.
        closing = true;
        Attempt<Q, R> running = current;
        boolean onItsWay = running != null && running.giveUp();
        boolean unknown = rpc.kind().changes() && !answered && (maybeApplied || onItsWay);
        String message = rpc.description() + " was given up: the connection to etcd was closed";
        future.completeExceptionally(
                unknown
                        ? CoordinationException.withUnknownOutcome(ErrorCode.CLOSED, message)
                        : CoordinationException.of(ErrorCode.CLOSED, message));
    }

    private void ended(@Nullable T result, @Nullable Throwable failure) {
        calls.forget(this);
        Attempt<Q, R> running = current;
        if (running != null && !answered) {
            running.cancel();
        }
        cancelTimer();
        Place last = place.getAndSet(Place.OVER);
        if (last == Place.HELD) {
            calls.limit().leave();
        } else if (last == Place.WAITING) {
            calls.limit().withdraw(this);
        }
        Instrumentation.Calls heard = rpc.operation().heard();
        if (heard != Instrumentation.Calls.NONE) {
            heard.ended(outcome(failure), sends, calls.time().nanoTime() - began);
        }
    }

    private Outcome outcome(@Nullable Throwable failure) {
        if (failure instanceof CoordinationException ours) {
            return ours.outcomeUnknown() ? Outcome.UNKNOWN : Outcome.FAILED;
        }
        return failure == null && answered ? Outcome.OK : Outcome.CANCELLED;
    }

    private void cancelTimer() {
        Timer waiting = timer;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    /** Whether the call ended or is being ended. */
    private boolean isOver() {
        return closing || future.isDone();
    }

    private void attempt() {
        if (isOver()) {
            return;
        }
        if (rpc.kind().guarded() && !calls.breaker().admits()) {
            heldBack(HeldBack.BREAKER_OPEN);
            refused(calls.breaker().refusal(rpc.description()));
            return;
        }
        attempts++;
        attemptBegan = calls.time().nanoTime();
        CompletableFuture<Token> known = calls.tokens().current();
        if (known.isDone() && !known.isCompletedExceptionally()) {
            guardedSend(known.join());
        } else {
            timer = calls.time().schedule(left(), this::tokenIsLate);
            Futures.whenDone(known, (fresh, failure) -> {
                cancelTimer();
                if (failure == null) {
                    guardedSend(fresh);
                } else {
                    failed(reason(failure), false);
                }
            });
        }
    }

    /** An open breaker fails a new call at once; a call under way takes it for one more failed attempt. */
    private void refused(CoordinationException refusal) {
        if (attempts == 0) {
            finish(refusal);
        } else {
            attempts++;
            again(refusal, false);
        }
    }

    private void tokenIsLate() {
        finish(timeout());
    }

    private void guardedSend(Token fresh) {
        try {
            send(fresh);
        } catch (RuntimeException | LinkageError e) {
            future.completeExceptionally(reason(e));
        }
    }

    private void send(Token fresh) {
        if (isOver()) {
            abandoned();
            return;
        }
        token = fresh;
        Member next = calls.members().pick(member);
        member = next;
        share = share();
        Metadata headers = rpc.method().getType() == MethodType.UNARY
                ? CallHeaders.with(fresh)
                : CallHeaders.requiringLeader(fresh);
        Attempt<Q, R> attempt = Attempt.of(next.channel(), rpc.method(), share, this);
        sends++;
        current = attempt;
        if (closing) {
            abandoned();
            return;
        }
        attempt.send(headers, rpc.request());
        if (future.isDone()) {
            attempt.cancel();
        }
    }

    /**
     * An equal part of what is left for each attempt that is left, so that a member that hangs leaves time for another one.
     * What must not be sent again has all of it.
     */
    private Duration share() {
        Duration left = left();
        int attemptsLeft = calls.maxAttempts() - attempts + 1;
        if (!rpc.kind().repeatable() || attemptsLeft <= 1) {
            return left;
        }
        Duration least = shorter(rpc.timeout().dividedBy(2), LEAST_SHARE);
        Duration equal = left.dividedBy(attemptsLeft);
        return shorter(left, equal.compareTo(least) < 0 ? least : equal);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration left() {
        long passed = calls.time().nanoTime() - began;
        return Duration.ofNanos(Math.max(1, rpc.timeout().toNanos() - passed));
    }

    @Override
    public void answered(R answer) {
        if (future.isDone()) {
            abandoned();
            return;
        }
        if (rpc.kind().guarded()) {
            calls.breaker().succeeded();
        }
        tried().answered();
        answered = true;
        Retry.AsyncContext<Object> repeated = retry;
        if (repeated != null) {
            repeated.onComplete();
        }
        try {
            future.complete(rpc.convert().apply(answer));
        } catch (CoordinationException e) {
            future.completeExceptionally(e);
        } catch (RuntimeException e) {
            future.completeExceptionally(
                    calls.errors().unreadable(rpc.description(), rpc.kind().changes(), e));
        }
    }

    private Member tried() {
        Member asked = member;
        if (asked == null) {
            throw new IllegalStateException("no member was asked");
        }
        return asked;
    }

    @Override
    public void failed(Status status, boolean maybeSent) {
        if (isOver()) {
            abandoned();
            return;
        }
        CoordinationException failure =
                calls.errors().of(rpc.description(), rpc.kind().changes(), status, maybeSent);
        maybeApplied |= failure.outcomeUnknown();
        current = null;
        judge(status);
        Token used = token;
        if (used != null
                && EtcdErrors.isTokenProblem(status)
                && newTokens < MAX_NEW_TOKENS
                && calls.tokens().refused(used)) {
            newTokens++;
            attempts--;
            abandoned();
            attempt();
        } else {
            failed(failure, maybeSent);
        }
    }

    /** Tells the member what was learned about it. A limit so short that a healthy one may miss it tells nothing. */
    private void judge(Status status) {
        if (!EtcdErrors.isMemberProblem(status)) {
            tried().answered();
        } else if (status.getCode() != Status.Code.DEADLINE_EXCEEDED || share.compareTo(LEAST_TO_BLAME) >= 0) {
            tried().failed();
        }
    }

    private void failed(CoordinationException failure, boolean maybeSent) {
        if (isOver()) {
            abandoned();
            return;
        }
        if (rpc.kind().guarded()) {
            calls.breaker().failed(failure, attemptBegan);
        }
        again(failure, maybeSent);
    }

    private void again(CoordinationException failure, boolean maybeSent) {
        boolean connects = failure.code() == ErrorCode.CONNECTION_ERROR && !maybeSent;
        if (connects) {
            disconnected = failure;
        }
        Duration left = left();
        long pause = pauseAfter(failure);
        if (pause < 0 || pause >= left.toMillis() || !mayRepeat()) {
            finish(explained(failure, maybeSent));
            return;
        }
        rpc.operation().heard().retried(failure.code());
        Duration delay = Duration.ofMillis(pause);
        if (connects) {
            timer = calls.reconnector().pause(delay, patience(delay, left), this::attempt);
        } else {
            timer = calls.time().schedule(delay, this::attempt);
        }
        if (future.isDone()) {
            cancelTimer();
        }
    }

    private long pauseAfter(CoordinationException failure) {
        Retry.AsyncContext<Object> context = retry;
        if (context == null) {
            context = calls.retry(rpc.kind()).asyncContext();
            retry = context;
        }
        return context.onError(failure);
    }

    private boolean mayRepeat() {
        if (!rpc.kind().guarded() || calls.budget().spend()) {
            return true;
        }
        heldBack(HeldBack.RETRY_BUDGET_SPENT);
        return false;
    }

    /** How long to wait for a connection: so long that the attempts that are left, the next one included, share the rest. */
    private Duration patience(Duration delay, Duration left) {
        Duration equal = left.dividedBy(Math.max(2, calls.maxAttempts() - attempts + 1));
        return delay.compareTo(equal) < 0 ? equal : delay;
    }

    /** A call that ran out of time while it waited for a connection says why there was none. */
    private CoordinationException explained(CoordinationException failure, boolean maybeSent) {
        CoordinationException reason = disconnected;
        return failure.code() == ErrorCode.TIMEOUT_ERROR && !maybeSent && reason != null ? reason : failure;
    }

    private void finish(CoordinationException failure) {
        future.completeExceptionally(calls.errors().atLast(failure, maybeApplied, attempts, rpc.timeout()));
    }

    private void abandoned() {
        if (rpc.kind().guarded()) {
            calls.breaker().abandoned();
        }
    }

    private void heldBack(HeldBack reason) {
        rpc.operation().heard().heldBack(reason);
    }

    private CoordinationException timeout() {
        return CoordinationException.of(
                ErrorCode.TIMEOUT_ERROR, calls.errors().text(rpc.description(), "no answer came in time"));
    }

    private CoordinationException reason(Throwable failure) {
        return failure instanceof CoordinationException ours
                ? ours
                : CoordinationException.of(ErrorCode.INTERNAL_ERROR, rpc.description() + " could not begin", failure);
    }
}

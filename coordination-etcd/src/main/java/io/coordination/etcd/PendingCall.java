package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.TimeSource.Timer;
import io.github.resilience4j.retry.Retry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call with all its attempts. Its future ends within the call's timeout; whoever completes it from outside ends the
 * attempt that runs and all that would follow.
 *
 * <p>Steps follow each other (attempt, answer, pause, attempt …), each on the thread that ended the one before, so only
 * what {@link #closed} and {@link #ended} read is volatile.
 */
final class PendingCall<Q, R, T> implements Attempt.Outcome<R> {

    private static final Duration LEAST_BUDGET = Duration.ofSeconds(1);
    private static final int MAX_NEW_TOKENS = 2;

    private final ResilientCalls calls;
    private final Rpc<Q, R, T> rpc;
    private final Retry.AsyncContext<Object> retry;
    private final long deadline;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private int attempts;
    private int newTokens;
    private long began;
    private @Nullable Token token;
    private @Nullable CoordinationException disconnected;
    private volatile boolean answered;
    private volatile boolean maybeApplied;
    private volatile @Nullable Attempt<Q, R> current;
    private volatile @Nullable Timer timer;

    PendingCall(ResilientCalls calls, Rpc<Q, R, T> rpc) {
        this.calls = calls;
        this.rpc = rpc;
        this.retry = calls.retry(rpc.kind()).asyncContext();
        this.deadline = calls.time().nanoTime() + rpc.timeout().toNanos();
    }

    CompletableFuture<T> start() {
        Futures.whenDone(future, (result, failure) -> ended());
        attempt();
        return future;
    }

    /** Ends the call because the store is closed. */
    void closed() {
        Attempt<Q, R> running = current;
        boolean unknown =
                rpc.kind().changes() && !answered && (maybeApplied || (running != null && running.maybeSent()));
        String message = rpc.description() + " was given up: the connection to etcd was closed";
        future.completeExceptionally(
                unknown
                        ? CoordinationException.withUnknownOutcome(ErrorCode.CLOSED, message)
                        : CoordinationException.of(ErrorCode.CLOSED, message));
    }

    private void ended() {
        calls.forget(this);
        Attempt<Q, R> running = current;
        if (running != null && !answered) {
            running.cancel();
        }
        cancelTimer();
    }

    private void cancelTimer() {
        Timer waiting = timer;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    private void attempt() {
        if (future.isDone()) {
            return;
        }
        if (rpc.kind().guarded() && !calls.breaker().admits()) {
            refused(calls.breaker().refusal(rpc.description()));
            return;
        }
        attempts++;
        began = calls.time().nanoTime();
        CompletableFuture<Token> known = calls.tokens().current();
        if (!known.isDone()) {
            timer = calls.time().schedule(left(), this::tokenIsLate);
        }
        Futures.whenDone(known, (fresh, failure) -> {
            cancelTimer();
            try {
                if (failure != null) {
                    failed(reason(failure), false);
                } else {
                    send(fresh);
                }
            } catch (RuntimeException | LinkageError e) {
                future.completeExceptionally(reason(e));
            }
        });
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

    private void send(Token fresh) {
        if (future.isDone()) {
            abandoned();
            return;
        }
        token = fresh;
        Metadata headers = rpc.method().getType() == MethodType.UNARY
                ? CallHeaders.with(fresh)
                : CallHeaders.requiringLeader(fresh);
        Attempt<Q, R> next = Attempt.of(calls.channel(), rpc.method(), budget(), this);
        current = next;
        next.send(headers, rpc.request());
        if (future.isDone()) {
            next.cancel();
        }
    }

    /** Half of what is left, so that a member that hangs leaves time for another one; all of it for the last attempt. */
    private Duration budget() {
        Duration left = left();
        if (!rpc.kind().repeatable() || attempts >= calls.maxAttempts()) {
            return left;
        }
        Duration half = rpc.timeout().dividedBy(2);
        Duration least = half.compareTo(LEAST_BUDGET) < 0 ? half : LEAST_BUDGET;
        Duration share = left.dividedBy(2).compareTo(least) < 0 ? least : left.dividedBy(2);
        return share.compareTo(left) < 0 ? share : left;
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(1, deadline - calls.time().nanoTime()));
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
        answered = true;
        retry.onComplete();
        try {
            future.complete(rpc.convert().apply(answer));
        } catch (CoordinationException e) {
            future.completeExceptionally(e);
        } catch (RuntimeException e) {
            future.completeExceptionally(
                    calls.errors().unreadable(rpc.description(), rpc.kind().changes(), e));
        }
    }

    @Override
    public void failed(Status status, boolean maybeSent) {
        Token used = token;
        if (used != null && EtcdErrors.isTokenProblem(status) && newTokens < MAX_NEW_TOKENS && !future.isDone()) {
            if (calls.tokens().refused(used)) {
                newTokens++;
                attempts--;
                abandoned();
                attempt();
                return;
            }
        }
        failed(calls.errors().of(rpc.description(), rpc.kind().changes(), status, maybeSent), maybeSent);
    }

    private void failed(CoordinationException failure, boolean maybeSent) {
        if (future.isDone()) {
            abandoned();
            return;
        }
        if (rpc.kind().guarded()) {
            calls.breaker().failed(failure, began);
        }
        again(failure, maybeSent);
    }

    private void again(CoordinationException failure, boolean maybeSent) {
        maybeApplied |= failure.outcomeUnknown();
        boolean connects = failure.code() == ErrorCode.CONNECTION_ERROR && !maybeSent;
        if (connects) {
            disconnected = failure;
        }
        Duration left = left();
        long pause = retry.onError(failure);
        if (pause < 0 || pause >= left.toMillis()) {
            finish(explained(failure, maybeSent));
            return;
        }
        Duration delay = Duration.ofMillis(pause);
        if (connects) {
            timer = calls.reconnector().pause(delay, longer(delay, left), this::attempt);
        } else {
            timer = calls.time().schedule(delay, this::attempt);
        }
    }

    private Duration longer(Duration delay, Duration left) {
        Duration half = left.dividedBy(2);
        Duration patience = calls.patience().compareTo(half) < 0 ? calls.patience() : half;
        return delay.compareTo(patience) < 0 ? patience : delay;
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

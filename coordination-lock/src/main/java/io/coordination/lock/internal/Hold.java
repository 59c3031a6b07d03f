package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.internal.Checks;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One hold of a lock, from the grant to the release or the loss. */
final class Hold implements LockHandle {

    private enum State {
        HELD,
        RELEASED,
        LOST
    }

    private final LockQueue queue;
    private final Place place;
    private final Request request;
    private final Environment env;
    private final long token;
    private final AtomicReference<State> state = new AtomicReference<>(State.HELD);
    private final CompletableFuture<LockLost> lost = new CompletableFuture<>();
    private volatile @Nullable LockLost loss;

    Hold(LockQueue queue, Place place, Request request, Environment env) {
        this.queue = queue;
        this.place = place;
        this.request = request;
        this.env = env;
        this.token = place.token();
    }

    boolean hasFixedTtl() {
        return request.options().fixedTtl();
    }

    @Override
    public String key() {
        return request.name();
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public boolean isHeld() {
        return state.get() == State.HELD && place.isValid();
    }

    @Override
    public Duration remaining() {
        return state.get() == State.HELD ? place.remaining() : Duration.ZERO;
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
        return queue.renew(place, request, ttl).handle((done, failure) -> {
            requireHeld();
            if (failure != null) {
                throw lossOr(Blocking.failure(failure, "renewing lock '" + key() + "'"));
            }
            return null;
        });
    }

    private CoordinationException lossOr(CoordinationException failure) {
        return failure.code() == ErrorCode.NOT_FOUND
                ? new LockLostException("lock '" + key() + "' is lost: its lease is gone", failure)
                : failure;
    }

    private void requireHeld() {
        if (state.get() == State.RELEASED) {
            throw new CoordinationClosedException("lock '" + key() + "' was released already: acquire it again");
        }
        if (state.get() == State.LOST) {
            LockLost known = loss;
            String message = "lock '" + key() + "' is lost: acquire it again";
            throw known == null ? new LockLostException(message) : new LockLostException(message, known);
        }
    }

    @Override
    public boolean unlock() {
        if (!state.compareAndSet(State.HELD, State.RELEASED)) {
            return false;
        }
        return awaitUninterruptibly(queue.release(this));
    }

    /** Releasing must not be given up half-way because a thread is asked to stop. */
    private boolean awaitUninterruptibly(CompletableFuture<Boolean> released) {
        Duration timeout = env.options().requestTimeout();
        TimeSource.Timer timer =
                env.time().schedule(timeout, () -> released.completeExceptionally(unanswered(timeout)));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return released.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw Blocking.failure(e, "releasing lock '" + key() + "'");
        } finally {
            timer.cancel();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private CoordinationException unanswered(Duration timeout) {
        return CoordinationException.withUnknownOutcome(
                ErrorCode.TIMEOUT_ERROR,
                "releasing lock '" + key() + "' was not answered within " + timeout
                        + "; it goes on in the background, and the lock ends with its lease at the latest");
    }

    @Override
    public void close() {
        if (state.compareAndSet(State.HELD, State.RELEASED)) {
            queue.release(this);
        }
    }

    @Override
    public CompletionStage<LockLost> lost() {
        return lost.minimalCompletionStage();
    }

    /** The end that nobody asked for. Users hear of it on their own threads. */
    void lose(LockLostReason reason, Optional<Throwable> cause) {
        if (!state.compareAndSet(State.HELD, State.LOST)) {
            return;
        }
        LockLost known = new LockLost(key(), token, reason, env.time().now(), cause);
        loss = known;
        env.log()
                .atWarn()
                .addKeyValue("lock", key())
                .addKeyValue("token", token)
                .addKeyValue("reason", reason)
                .log("Lock is lost");
        try {
            env.callbacks().execute(() -> lost.complete(known));
        } catch (RejectedExecutionException e) {
            env.log().atError().setCause(e).addKeyValue("lock", key()).log("The callback executor refuses work");
        }
    }
}

package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.internal.Checks;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

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
        requireHeld();
        Blocking.await(queue.renew(place, request, ttl), "renewing lock '" + key() + "'");
        requireHeld();
    }

    private void requireHeld() {
        if (state.get() == State.RELEASED) {
            throw new CoordinationException(ErrorCode.INVALID_STATE, "lock '" + key() + "' was released already");
        }
        if (state.get() == State.LOST) {
            throw new LockLostException("lock '" + key() + "' is lost");
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
        long nanos = env.options().requestTimeout().toNanos();
        long until = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return released.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            throw CoordinationException.withUnknownOutcome(
                    ErrorCode.TIMEOUT_ERROR,
                    "releasing lock '" + key() + "' was not answered within "
                            + env.options().requestTimeout()
                            + "; it goes on in the background, and the lock ends with its lease at the latest");
        } catch (ExecutionException e) {
            throw Blocking.failure(e, "releasing lock '" + key() + "'");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
        if (state.compareAndSet(State.HELD, State.LOST)) {
            LockLost loss = new LockLost(key(), token, reason, env.time().now(), cause);
            env.log()
                    .atWarn()
                    .addKeyValue("lock", key())
                    .addKeyValue("token", token)
                    .addKeyValue("reason", reason)
                    .log("Lock is lost");
            env.callbacks().execute(() -> lost.complete(loss));
        }
    }
}

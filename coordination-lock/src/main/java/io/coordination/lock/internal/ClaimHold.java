package io.coordination.lock.internal;

import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A claim that was granted, from the grant to its release or loss. Thread-safe. */
final class ClaimHold {

    private enum State {
        HELD,
        RELEASED,
        LOST
    }

    private final Environment env;
    private final SerialExecutor serial;
    private final Claim claim;
    private final String name;
    private final long token;
    private final AtomicReference<State> state = new AtomicReference<>(State.HELD);
    private final CompletableFuture<LockLost> lost = new CompletableFuture<>();
    private volatile @Nullable LockLost loss;
    private TimeSource.@Nullable Timer limit; // confined to the serial executor

    /**
     * A grant.
     *
     * @param serial of the claim
     * @param name what is held, for messages
     */
    ClaimHold(Environment env, SerialExecutor serial, Claim claim, String name) {
        this.env = env;
        this.serial = serial;
        this.claim = claim;
        this.name = name;
        this.token = Tokens.of(claim.revision(), 0);
    }

    /** Ends the hold after a time. In the serial executor. */
    void endAfter(Duration maxHold) {
        limit = env.time()
                .schedule(
                        maxHold,
                        () -> serial.execute(() -> {
                            lose(LockLostReason.MAX_HOLD, Optional.empty());
                            claim.leave();
                        }));
    }

    String name() {
        return name;
    }

    long token() {
        return token;
    }

    boolean isHeld() {
        return state.get() == State.HELD && claim.isValid();
    }

    /** Whether it was neither released nor lost so far, whatever the clock says. */
    boolean isOpen() {
        return state.get() == State.HELD;
    }

    Duration remaining() {
        return state.get() == State.HELD ? claim.remaining() : Duration.ZERO;
    }

    Duration ttl() {
        return claim.ttl();
    }

    Optional<LockLost> loss() {
        return Optional.ofNullable(loss);
    }

    boolean isReleased() {
        return state.get() == State.RELEASED;
    }

    /** Ends the hold at once and its keys in the background; true when this call released it. */
    CompletableFuture<Boolean> release() {
        if (!state.compareAndSet(State.HELD, State.RELEASED)) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> released = new CompletableFuture<>();
        serial.execute(() -> {
            cancelLimit();
            claim.leave().whenComplete((ours, failure) -> released.complete(failure == null && ours));
        });
        return released;
    }

    CompletionStage<LockLost> lost() {
        return lost.minimalCompletionStage();
    }

    /** The end that nobody asked for. Users hear of it on their own threads. In the serial executor. */
    void lose(LockLostReason reason, Optional<Throwable> cause) {
        if (!state.compareAndSet(State.HELD, State.LOST)) {
            return;
        }
        cancelLimit();
        LockLost known = new LockLost(name, token, reason, env.time().now(), cause);
        loss = known;
        env.log()
                .atWarn()
                .addKeyValue("lock", name)
                .addKeyValue("token", token)
                .addKeyValue("reason", reason)
                .log("Lock is lost");
        try {
            env.callbacks().execute(() -> lost.complete(known));
        } catch (RejectedExecutionException e) {
            env.log().atError().setCause(e).addKeyValue("lock", name).log("The callback executor refuses work");
        }
    }

    private void cancelLimit() {
        if (limit != null) {
            limit.cancel();
            limit = null;
        }
    }
}

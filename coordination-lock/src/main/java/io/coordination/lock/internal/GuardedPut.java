package io.coordination.lock.internal;

import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Puts a key that must still be as it was, with another value or on another lease, and sends that until it is definite. The
 * guard makes repeating it harmless. Confined to the serial executor of its lock.
 */
final class GuardedPut {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Environment env;
    private final SerialExecutor serial;
    private final Supplier<Txn> txn;
    private final Function<TxnResult, Optional<Boolean>> outcome;
    private final BooleanSupplier wanted;
    private final BooleanSupplier possible;
    private final CompletableFuture<Boolean> firstAnswer = new CompletableFuture<>();
    private final CompletableFuture<Boolean> applied = new CompletableFuture<>();

    /**
     * A put that is not sent yet.
     *
     * @param txn asked for each time it is sent
     * @param outcome what an answer says about the key; empty if it has to be sent again
     * @param wanted whether the key is still of interest; if not, it is not sent again
     * @param possible whether it may be sent now; if not, it waits
     */
    GuardedPut(
            QueueContext context,
            Supplier<Txn> txn,
            Function<TxnResult, Optional<Boolean>> outcome,
            BooleanSupplier wanted,
            BooleanSupplier possible) {
        this.env = context.env();
        this.serial = context.serial();
        this.txn = txn;
        this.outcome = outcome;
        this.wanted = wanted;
        this.possible = possible;
    }

    /** What became of the first attempt, a failure included: for the caller, who does not wait for the others. */
    CompletableFuture<Boolean> firstAnswer() {
        return firstAnswer;
    }

    /** What became of the key in the end: false when it was gone, or is of no interest any more. */
    CompletableFuture<Boolean> applied() {
        return applied;
    }

    void send() {
        if (!wanted.getAsBoolean()) {
            firstAnswer.complete(false);
            applied.complete(false);
            return;
        }
        if (!possible.getAsBoolean()) {
            again();
            return;
        }
        env.store()
                .txn(txn.get())
                .whenComplete((answer, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        outcome.apply(answer).ifPresentOrElse(this::settled, this::send);
                    } else {
                        firstAnswer.completeExceptionally(Blocking.cause(failure));
                        again();
                    }
                }));
    }

    private void settled(boolean done) {
        applied.complete(done);
        firstAnswer.complete(done);
    }

    private void again() {
        env.time().schedule(PAUSE, () -> serial.execute(this::send));
    }
}

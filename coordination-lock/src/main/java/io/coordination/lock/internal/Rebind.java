package io.coordination.lock.internal;

import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Txn;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Moves a key to another lease, sent until it is definite. Its guard makes repeating it harmless. Confined to the serial
 * executor of its lock.
 */
final class Rebind {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Environment env;
    private final SerialExecutor serial;
    private final Txn txn;
    private final BooleanSupplier wanted;
    private final CompletableFuture<Boolean> firstAnswer = new CompletableFuture<>();
    private final CompletableFuture<Boolean> moved = new CompletableFuture<>();

    /**
     * A move that is not sent yet.
     *
     * @param wanted whether the key is still of interest; if not, it is not sent again
     */
    Rebind(QueueContext context, Txn txn, BooleanSupplier wanted) {
        this.env = context.env();
        this.serial = context.serial();
        this.txn = txn;
        this.wanted = wanted;
    }

    /** What became of the first attempt, a failure included: for the caller, who does not wait for the others. */
    CompletableFuture<Boolean> firstAnswer() {
        return firstAnswer;
    }

    /** What became of the key in the end: false when it was gone. */
    CompletableFuture<Boolean> moved() {
        return moved;
    }

    void send() {
        if (!wanted.getAsBoolean()) {
            firstAnswer.complete(false);
            moved.complete(false);
            return;
        }
        env.store()
                .txn(txn)
                .whenComplete((answer, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        moved.complete(answer.succeeded());
                        firstAnswer.complete(answer.succeeded());
                    } else {
                        firstAnswer.completeExceptionally(Blocking.cause(failure));
                        env.time().schedule(PAUSE, () -> serial.execute(this::send));
                    }
                }));
    }
}

package io.coordination.lock.internal;

import io.coordination.lock.GuardedWrite;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.Txn.Compare;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** The guarded writes of one hold, one after the other: their order is that of the calls. Thread-safe; nothing blocks. */
final class HoldGuard {

    /**
     * What a hold proves itself by.
     *
     * @param lock the name of the lock, for messages
     * @param token the fencing token
     * @param key holds while the queue key of the lock is the one that was made for this place
     */
    record Proof(String lock, long token, Compare key) {}

    private final Environment env;
    private final Proof proof;
    private final AtomicReference<CompletableFuture<?>> last =
            new AtomicReference<>(CompletableFuture.completedFuture(null));
    private long writes; // of the one that is under way

    HoldGuard(Environment env, Proof proof) {
        this.env = env;
        this.proof = proof;
    }

    /** Whose writes these are. */
    long token() {
        return proof.token();
    }

    /** Sends a write when those before it are over; its revision. */
    CompletableFuture<Long> write(GuardedWrite write) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        last.getAndSet(result).whenComplete((done, failure) -> send(write, result));
        return result;
    }

    private void send(GuardedWrite write, CompletableFuture<Long> result) {
        new GuardedSending(env, proof, write, writes + 1).send().whenComplete((sent, failure) -> {
            if (failure != null) {
                writes++;
                result.completeExceptionally(Blocking.failure(failure, "a guarded write"));
            } else {
                writes = sent.mark().write();
                result.complete(sent.revision());
            }
        });
    }
}

package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One attempt to put keys into their queues, guarded by the fence of their lease, sent until an answer says what became of it.
 *
 * <p>While copies whose answers were lost could still be applied ({@link LateCopies}), the attempt is <em>tainted</em>. Who ends
 * a tainted attempt moves the fence. Confined to the serial executor of its lock or claim.
 *
 * @param <R> what may become of it
 */
final class FencedAttempt<R> {

    private static final Duration PAUSE = Duration.ofMillis(100);

    /**
     * What is sent, and what the answers mean.
     *
     * @param <R> what may become of it
     */
    interface Question<R> {

        /** What to send while the fence has a revision. */
        Txn txn(long fence);

        /** The fence, as the answer to a transaction that was not applied shows it. */
        Optional<KeyValue> fence(TxnResult refused);

        /** The transaction was applied. */
        R applied(TxnResult result);

        /**
         * The transaction was not applied, at least not this copy, although the lease lives.
         *
         * @param roundTripNanos how long the answer took
         * @return empty when it has to be sent again
         */
        Optional<R> notApplied(TxnResult result, long roundTripNanos);

        /** The lease is gone. */
        R leaseGone();

        /** Given up; what became of the copies that were sent is open unless the attempt {@link #isResolved()}. */
        R failed(CoordinationException cause);
    }

    private final Environment env;
    private final SerialExecutor serial;
    private final Fence fence;
    private final Question<R> question;
    private final LateCopies lateCopies;
    private final long patientUntil;
    private final CompletableFuture<R> outcome = new CompletableFuture<>();
    private boolean resolved = true;
    private boolean givenUp;

    /** An attempt that is not sent yet. */
    FencedAttempt(Environment env, SerialExecutor serial, Fence fence, Question<R> question) {
        this.env = env;
        this.serial = serial;
        this.fence = fence;
        this.question = question;
        this.lateCopies = new LateCopies(fence);
        this.patientUntil =
                env.time().nanoTime() + env.options().requestTimeout().toNanos();
    }

    CompletableFuture<R> start() {
        send();
        return outcome;
    }

    /** Sends nothing more; the outcome comes with the answer that is under way. */
    void giveUp() {
        givenUp = true;
    }

    /** Whether a copy of this attempt could still be applied. */
    boolean isTainted() {
        return lateCopies.arePossible();
    }

    /** Whether it is known what became of every copy that was sent before the last answer. */
    boolean isResolved() {
        return resolved;
    }

    private void send() {
        long known = fence.revision();
        long sentAt = env.time().nanoTime();
        env.store()
                .txn(question.txn(known))
                .whenComplete((result, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        answered(result, env.time().nanoTime() - sentAt);
                    } else {
                        failed(Blocking.failure(failure, "joining a queue"), known);
                    }
                }));
    }

    private void answered(TxnResult result, long roundTripNanos) {
        resolved = true;
        if (result.succeeded()) {
            outcome.complete(question.applied(result));
            return;
        }
        Optional<KeyValue> found = question.fence(result);
        if (found.isEmpty()) {
            leaseIsGone();
            return;
        }
        fence.seen(found.get().modRevision());
        question.notApplied(result, roundTripNanos)
                .ifPresentOrElse(
                        outcome::complete,
                        () -> sendUnlessGivenUp(new CoordinationException(
                                ErrorCode.CANCELLED, "the queue or the fence of the lease has changed")));
    }

    private void leaseIsGone() {
        fence.session().keyIsGone();
        outcome.complete(question.leaseGone());
    }

    private void failed(CoordinationException cause, long known) {
        if (cause.outcomeUnknown()) {
            resolved = false;
            lateCopies.add(known);
        }
        if (cause.code() == ErrorCode.NOT_FOUND) {
            leaseIsGone();
        } else if (fence.session().isOver()) {
            outcome.complete(question.leaseGone());
        } else if (givenUp || !cause.retryable() || env.time().nanoTime() - patientUntil >= 0) {
            outcome.complete(question.failed(cause));
        } else {
            env.time().schedule(PAUSE, () -> serial.execute(() -> sendUnlessGivenUp(cause)));
        }
    }

    private void sendUnlessGivenUp(CoordinationException cause) {
        if (givenUp) {
            outcome.complete(question.failed(cause));
        } else {
            send();
        }
    }
}

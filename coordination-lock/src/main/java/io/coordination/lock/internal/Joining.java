package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * One attempt to put the keys of a claim into their queues, sent until an answer says what became of it: what {@link Enqueue} is
 * for a lock, with the same meaning of <em>tainted</em>. Confined to the serial executor of its claim.
 */
final class Joining {

    private static final Duration PAUSE = Duration.ofMillis(100);

    /** A lock that is retained is given up after one push and one release. */
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(20);

    private static final Duration LONGEST_PATIENCE = Duration.ofMillis(100);

    /** What became of an attempt. */
    sealed interface Outcome {}

    /** The keys are in the queues: their create revision, and the queues at the revision of the answer. */
    record Placed(long createRevision, long answeredAt, List<List<KeyValue>> queues) implements Outcome {}

    /** Nothing was written: there is no room. */
    record Refused() implements Outcome {}

    /** The lease is gone. */
    record LeaseGone() implements Outcome {}

    /** Given up; what became of the copies that were sent is open unless the attempt {@link #isResolved()}. */
    record Failed(CoordinationException cause) implements Outcome {}

    private final Environment env;
    private final SerialExecutor serial;
    private final Fence fence;
    private final ClaimTxns txns;
    private final Optional<Room> onlyIf;
    private final long patientUntil;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private Optional<Duration> patience = Optional.empty();
    private OptionalLong ghostFence = OptionalLong.empty();
    private long lookedAt;
    private boolean resolved = true;
    private boolean givenUp;

    /**
     * An attempt that is not sent yet.
     *
     * @param onlyIf the room that there must be in the queues as they are; if present, the claim does not wait for it
     */
    Joining(Environment env, SerialExecutor serial, Fence fence, ClaimTxns txns, Optional<Room> onlyIf) {
        this.env = env;
        this.serial = serial;
        this.fence = fence;
        this.txns = txns;
        this.onlyIf = onlyIf;
        this.patientUntil =
                env.time().nanoTime() + env.options().requestTimeout().toNanos();
    }

    CompletableFuture<Outcome> start() {
        send();
        return outcome;
    }

    /** Sends nothing more; the outcome comes with the answer that is under way. */
    void giveUp() {
        givenUp = true;
    }

    /** Whether a copy of this attempt could still be applied. */
    boolean isTainted() {
        return ghostFence.isPresent() && ghostFence.getAsLong() == fence.revision();
    }

    /** Whether it is known what became of every copy that was sent before the last answer. */
    boolean isResolved() {
        return resolved;
    }

    /**
     * How long the claim stays in the queues although it was not to wait: until locks that nobody may be working under are
     * given up, at most.
     *
     * @return empty when there is no such limit
     */
    Optional<Duration> patience() {
        return patience;
    }

    /** Whether it is refused unless there is room at once. */
    private boolean isAttempt() {
        return onlyIf.isPresent() && patience.isEmpty();
    }

    private void send() {
        long known = fence.revision();
        long sentAt = env.time().nanoTime();
        env.store()
                .txn(isAttempt() ? txns.attempt(known, lookedAt) : txns.enqueue(known))
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
        List<List<KeyValue>> queues = txns.queues(result);
        if (result.succeeded()) {
            outcome.complete(new Placed(result.revision(), result.revision(), queues));
            return;
        }
        List<KeyValue> fenceKey = ClaimTxns.fence(result);
        fenceKey.forEach(found -> fence.seen(found.modRevision()));
        Optional<KeyValue> own = queues.stream()
                .flatMap(List::stream)
                .filter(entry -> txns.keys().contains(entry.key()))
                .findFirst();
        if (fenceKey.isEmpty()) {
            fence.session().keyIsGone();
            outcome.complete(new LeaseGone());
        } else if (own.isPresent()) {
            outcome.complete(new Placed(own.get().createRevision(), result.revision(), queues));
        } else if (isAttempt() && isRefused(queues, roundTripNanos)) {
            outcome.complete(new Refused());
        } else {
            lookedAt = result.revision();
            again(
                    new CoordinationException(ErrorCode.CANCELLED, "the queue or the fence of the lease has changed"),
                    Duration.ZERO);
        }
    }

    /** Retained locks refuse nobody: an attempt leaves no trace, so it has to queue for them to be given up. */
    private boolean isRefused(List<List<KeyValue>> queues, long roundTripNanos) {
        Room room = onlyIf.orElseThrow();
        if (room.isIn(queues)) {
            return false;
        }
        if (!room.isBehindRetained(queues)) {
            return true;
        }
        Duration enough = LEAST_PATIENCE.plusNanos(2 * roundTripNanos);
        patience = Optional.of(enough.compareTo(LONGEST_PATIENCE) < 0 ? enough : LONGEST_PATIENCE);
        return false;
    }

    private void failed(CoordinationException cause, long known) {
        if (cause.outcomeUnknown()) {
            resolved = false;
            ghostFence = OptionalLong.of(known);
        }
        if (cause.code() == ErrorCode.NOT_FOUND) {
            fence.session().keyIsGone();
            outcome.complete(new LeaseGone());
        } else if (fence.session().isOver()) {
            outcome.complete(new LeaseGone());
        } else if (cause.retryable() && env.time().nanoTime() - patientUntil < 0) {
            again(cause, PAUSE);
        } else {
            outcome.complete(new Failed(cause));
        }
    }

    private void again(CoordinationException cause, Duration pause) {
        if (givenUp) {
            outcome.complete(new Failed(cause));
        } else if (pause.isZero()) {
            send();
        } else {
            env.time().schedule(pause, () -> serial.execute(() -> again(cause, Duration.ZERO)));
        }
    }
}

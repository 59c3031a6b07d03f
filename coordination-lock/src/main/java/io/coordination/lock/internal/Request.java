package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.internal.Durations;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.internal.queue.LeaseClass;
import io.coordination.lock.internal.queue.LocalRequest;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One wish of this process to hold a lock. Its future is the one place where grant, refusal, time-out and cancellation
 * meet: whichever completes it first wins, and a grant that comes second goes to the next request.
 */
final class Request implements LocalRequest {

    /** What to do when somebody else holds the lock. */
    enum Mode {
        /** Wait for it; running out of time is an error. */
        ACQUIRE,
        /** Wait for it; running out of time is an answer. */
        TRY_FOR_A_WHILE,
        /** Do not wait. */
        TRY_ONCE
    }

    private final String name;
    private final LockOptions options;
    private final Mode patience;
    private final PlaceMode mode;
    private final LeaseClass leaseClass;
    private final @Nullable LockOwner owner;
    private final CompletableFuture<Optional<Hold>> answer = new CompletableFuture<>();
    private @Nullable LockOwner waiter;
    private volatile boolean placedOnce;

    Request(String name, LockOptions options, Mode patience) {
        this(name, options, patience, PlaceMode.EXCLUSIVE);
    }

    Request(String name, LockOptions options, Mode patience, PlaceMode mode) {
        this.name = name;
        this.options = options;
        this.patience = patience;
        this.mode = mode;
        this.leaseClass = new LeaseClass(options.ttl(), options.fixedTtl());
        this.owner = options.owner().map(LockOwner::resolved).orElse(null);
    }

    String name() {
        return name;
    }

    LockOptions options() {
        return options;
    }

    @Override
    public PlaceMode mode() {
        return mode;
    }

    @Override
    public LeaseClass leaseClass() {
        return leaseClass;
    }

    /** A thread waits for the answer, and does nothing else: without another owner it is the owner in a deadlock. */
    void waitedForBy(Thread thread) {
        if (owner == null && options.detectDeadlocksAfter().isPresent()) {
            waiter = LockOwner.of(thread);
        }
    }

    /** Who does not go on before this is answered; null when nobody can say. */
    @Nullable
    LockOwner waiter() {
        return owner == null ? waiter : owner;
    }

    /** The {@link #waiter()}, if the request asks for deadlocks to be found. */
    @Nullable
    LockOwner deadlockOwner() {
        return options.detectDeadlocksAfter().isPresent() ? waiter() : null;
    }

    @Override
    public @Nullable LockOwner owner() {
        return owner;
    }

    @Override
    public int localBatch() {
        return options.localBatch();
    }

    @Override
    public long retainNanos() {
        return options.retain().toNanos();
    }

    /** Whoever has had a place in the queue rides out outages; others learn that there is one. */
    @Override
    public boolean endures(CoordinationException failure) {
        return isOpen() && placedOnce && failure.retryable();
    }

    @Override
    public boolean triesOnce() {
        return patience == Mode.TRY_ONCE;
    }

    /** The hold, or nothing when the lock was refused. */
    CompletableFuture<Optional<Hold>> answer() {
        return answer;
    }

    boolean isOpen() {
        return !answer.isDone();
    }

    void placed() {
        placedOnce = true;
    }

    boolean grant(Hold hold) {
        return answer.complete(Optional.of(hold));
    }

    void refuse() {
        answer.complete(Optional.empty());
    }

    void fail(CoordinationException failure) {
        answer.completeExceptionally(failure);
    }

    /** Ends the request when its time is over. */
    void limit(TimeSource time, Duration waitTime, Runnable afterwards) {
        TimeSource.Timer timer = time.schedule(waitTime, () -> {
            timeOut(waitTime);
            afterwards.run();
        });
        answer.whenComplete((done, failure) -> timer.cancel());
    }

    private void timeOut(Duration waitTime) {
        if (patience == Mode.TRY_FOR_A_WHILE) {
            refuse();
        } else {
            String reason = placedOnce ? "it is held by others" : "the store has not answered";
            String limit = triesOnce() ? "requestTimeout " : "waitTime ";
            fail(new CoordinationTimeoutException(
                    "lock '" + name + "' was not acquired within " + limit + Durations.text(waitTime) + ": " + reason));
        }
    }

    /** Gives the wish up; true when that came before any other end. */
    boolean cancel() {
        return answer.cancel(false);
    }
}

package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.internal.Durations;
import io.coordination.lock.LockOptions;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One wish of this process to hold a lock. Its future is the one place where grant, refusal, time-out and cancellation
 * meet: whichever completes it first wins, and a grant that comes second goes to the next request.
 */
final class Request {

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
    private final Mode mode;
    private final CompletableFuture<Optional<Hold>> answer = new CompletableFuture<>();
    private volatile boolean placedOnce;

    Request(String name, LockOptions options, Mode mode) {
        this.name = name;
        this.options = options;
        this.mode = mode;
    }

    String name() {
        return name;
    }

    LockOptions options() {
        return options;
    }

    boolean triesOnce() {
        return mode == Mode.TRY_ONCE;
    }

    /** The hold, or nothing when the lock was refused. */
    CompletableFuture<Optional<Hold>> answer() {
        return answer;
    }

    boolean isOpen() {
        return !answer.isDone();
    }

    /** Whether this request has had a place in the queue: then it rides out outages. */
    boolean wasPlaced() {
        return placedOnce;
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
        if (mode == Mode.TRY_FOR_A_WHILE) {
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

package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A blocking call on a thread of its own. */
final class Caller<T> {

    private final FutureTask<T> call;
    private final Thread thread;
    private volatile boolean interruptedAfterwards;

    private Caller(Callable<T> blocking) {
        call = new FutureTask<>(() -> {
            try {
                return blocking.call();
            } finally {
                interruptedAfterwards = Thread.currentThread().isInterrupted();
            }
        });
        thread = new Thread(call, "caller");
        thread.start();
    }

    /** Makes the call and answers when it waits or is over. */
    static <T> Caller<T> of(Callable<T> blocking) {
        Caller<T> caller = new Caller<>(blocking);
        caller.awaitWaiting();
        return caller;
    }

    private void awaitWaiting() {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> call.isDone()
                        || thread.getState() == Thread.State.WAITING
                        || thread.getState() == Thread.State.TERMINATED);
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isWaiting() {
        return !call.isDone();
    }

    /** What the call returned. */
    T result() {
        try {
            return call.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    /** What the call threw. */
    Throwable failure() {
        await().until(call::isDone);
        try {
            call.get();
            throw new AssertionError("the call returned");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether the thread's interrupt flag was set when the call was over. */
    boolean wasInterruptedAfterwards() {
        assertThat(call.isDone()).isTrue();
        return interruptedAfterwards;
    }
}

package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of {@link LockContract} share: coordinators, a lock that nobody else uses, threads, patience. */
abstract class LockFixture {

    static final Duration TTL = Duration.ofSeconds(10);
    static final Duration SHORT_TTL = Duration.ofSeconds(2);

    /** Within this everything happens that does not wait for a TTL. */
    static final Duration SOON = Duration.ofSeconds(5);

    final String name = "lock-" + UUID.randomUUID();
    private final List<Coordinator> coordinators = new ArrayList<>();
    Coordinator mine;
    Coordinator other;

    @SuppressWarnings("NullAway.Init") // set before each test
    LockFixture() {}

    /** One more coordinator to the same store and namespace; the test closes it. */
    protected abstract Coordinator connect();

    @BeforeEach
    void connectBoth() {
        mine = another();
        other = another();
    }

    @AfterEach
    void closeAll() {
        coordinators.forEach(Coordinator::close);
    }

    Coordinator another() {
        Coordinator coordinator = connect();
        coordinators.add(coordinator);
        return coordinator;
    }

    static LockOptions options() {
        return LockOptions.ofTtl(TTL);
    }

    static LockOptions waiting(Duration waitTime) {
        return options().toBuilder().waitTime(waitTime).build();
    }

    LockHandle take(Coordinator coordinator) {
        return coordinator.lock().tryAcquire(name, TTL).orElseThrow(() -> new AssertionError("the lock is not free"));
    }

    CompletableFuture<LockHandle> ask(Coordinator coordinator) {
        return coordinator.lock().acquireAsync(name, options());
    }

    static LockHandle granted(CompletableFuture<LockHandle> asked) {
        LockHandle handle = result(asked);
        assertThat(handle.isHeld()).isTrue();
        return handle;
    }

    static <T> T result(CompletableFuture<T> future) {
        try {
            return future.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no result", e);
        }
    }

    /** The lock is free for everybody, at the latest soon. */
    void assertGetsFree() {
        await().atMost(SOON).until(() -> tryAndRelease(other));
        assertThat(tryAndRelease(mine)).isTrue();
    }

    private boolean tryAndRelease(Coordinator coordinator) {
        Optional<LockHandle> taken = coordinator.lock().tryAcquire(name, TTL);
        taken.ifPresent(LockHandle::unlock);
        return taken.isPresent();
    }

    static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(hasCode(code));
    }

    static void assertFails(ErrorCode code, CompletableFuture<?> future) {
        await().atMost(SOON).until(future::isDone);
        assertThat(future.handle((value, failure) -> failure).join()).satisfies(hasCode(code));
    }

    static Consumer<Throwable> hasCode(ErrorCode code) {
        return failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** A blocking call on a thread of its own. */
    static final class BlockedCall<T> {

        private final FutureTask<T> call;
        private final Thread thread;
        private volatile boolean interruptedAfterwards;

        /** Starts the call and returns when it waits. */
        BlockedCall(Callable<T> blocking) {
            call = new FutureTask<>(() -> {
                try {
                    return blocking.call();
                } finally {
                    interruptedAfterwards = Thread.currentThread().isInterrupted();
                }
            });
            thread = new Thread(call, "blocked-call");
            thread.start();
            await().atMost(SOON)
                    .until(() -> call.isDone()
                            || thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.TIMED_WAITING);
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isInterruptedAfterwards() {
            return interruptedAfterwards;
        }

        T result() {
            return LockFixture.result(CompletableFuture.supplyAsync(this::value, ThreadPerTask.THREADS));
        }

        private T value() {
            try {
                return call.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError("the call failed", e);
            }
        }

        Throwable failure() {
            await().atMost(SOON).until(call::isDone);
            try {
                throw new AssertionError("the call returned " + call.get());
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            } catch (ExecutionException e) {
                return Objects.requireNonNull(e.getCause());
            }
        }
    }

    /** A blocking acquire that is under way. */
    static BlockedCall<LockHandle> blocked(DistributedLock locks, String lock) {
        return new BlockedCall<>(() -> locks.acquire(lock, TTL));
    }
}

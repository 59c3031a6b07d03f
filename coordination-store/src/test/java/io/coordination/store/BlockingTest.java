package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BlockingTest {

    private static final String WORK = "setting config 'a'";

    @Nested
    class Waiting {

        @Test
        void answersTheValue() {
            assertThat(Blocking.await(CompletableFuture.completedFuture(7), WORK))
                    .isEqualTo(7);
        }

        @Test
        void failsWithTheFailureItself() {
            CoordinationException known = CoordinationException.of(ErrorCode.CONFLICT, "taken");

            assertThat(failure(CompletableFuture.failedFuture(known))).isSameAs(known);
            assertThat(failure(CompletableFuture.supplyAsync(
                            () -> {
                                throw known;
                            },
                            Runnable::run)))
                    .isSameAs(known);
        }

        @Test
        void failsWithAnUnexpectedFailureAsTheCauseOfAnInternalError() {
            IllegalStateException bug = new IllegalStateException("a bug on purpose");

            CoordinationException failure = failure(CompletableFuture.failedFuture(bug));

            assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
            assertThat(failure).hasMessageStartingWith(WORK).hasCause(bug);
        }

        @Test
        void failsAsCancelledWhenTheFutureWas() {
            CompletableFuture<Integer> cancelled = new CompletableFuture<>();
            cancelled.cancel(false);

            assertThat(failure(cancelled)).isInstanceOf(CoordinationCancelledException.class);
            assertThat(failure(cancelled.thenApply(value -> value)))
                    .isInstanceOf(CoordinationCancelledException.class)
                    .hasMessageContaining(WORK);
        }
    }

    @Nested
    class Interrupted {

        @Test
        void givesUpRestoresTheFlagAndCancels() throws Exception {
            CompletableFuture<Integer> never = new CompletableFuture<>();
            AtomicReference<CoordinationException> failure = new AtomicReference<>();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread waiter = new Thread(() -> {
                failure.set(failure(never));
                flag.complete(Thread.currentThread().isInterrupted());
            });
            waiter.start();
            await().until(() -> waiter.getState() == Thread.State.WAITING);

            waiter.interrupt();

            assertThat(flag.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(failure.get()).isInstanceOf(CoordinationCancelledException.class);
            assertThat(failure.get().outcomeUnknown()).isTrue();
            assertThat(failure.get()).hasMessageContaining(WORK);
            assertThat(never).isCancelled();
        }

        @Test
        void beforeItWaitsIsNoticedToo() {
            Thread.currentThread().interrupt();
            CompletableFuture<Integer> never = new CompletableFuture<>();

            CoordinationException failure = failure(never);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED);
            assertThat(never).isCancelled();
        }
    }

    @Nested
    class Wrapping {

        private final IllegalStateException inner = new IllegalStateException("inner");

        @Test
        void isTakenOff() {
            assertThat(Blocking.cause(new CompletionException(inner))).isSameAs(inner);
            assertThat(Blocking.cause(new ExecutionException(inner))).isSameAs(inner);
        }

        @Test
        void ofOthersIsLeftAlone() {
            RuntimeException outer = new RuntimeException("outer", inner);
            CompletionException empty = new CompletionException("nothing inside", null);

            assertThat(Blocking.cause(outer)).isSameAs(outer);
            assertThat(Blocking.cause(empty)).isSameAs(empty);
        }

        @Test
        void cancellationsBecomeOurOwn() {
            CoordinationException failure =
                    Blocking.failure(new CompletionException(new CancellationException()), WORK);

            assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED);
        }
    }

    private static CoordinationException failure(CompletableFuture<Integer> future) {
        CoordinationException failure =
                catchThrowableOfType(CoordinationException.class, () -> Blocking.await(future, WORK));
        assertThat(failure).isNotNull();
        return failure;
    }
}

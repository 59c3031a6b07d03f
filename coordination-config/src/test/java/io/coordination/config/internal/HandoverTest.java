package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class HandoverTest {

    private final StepExecutor callbacks = new StepExecutor();
    private final CompletableFuture<Integer> answer = new CompletableFuture<>();
    private final CompletableFuture<Integer> users = Handover.to(callbacks, answer, "reading", Function.identity());

    @Test
    void aValueComesOnTheCallbackExecutor() {
        answer.complete(1);
        assertThat(users).isNotDone();
        callbacks.runAll();
        assertThat(users).isCompletedWithValue(1);
    }

    @Test
    void aFailureComesOnTheCallbackExecutorUnwrapped() {
        answer.completeExceptionally(CoordinationException.of(ErrorCode.CONNECTION_ERROR, "down"));
        assertThat(users).isNotDone();
        callbacks.runAll();
        assertThat(Failures.of(users)).hasMessage("down");
    }

    @Test
    void whatTheStepThrowsFailsTheFuture() {
        CompletableFuture<Integer> failing = Handover.to(callbacks, answer, "reading", value -> {
            throw new IllegalStateException("from a step");
        });
        answer.complete(1);
        callbacks.runAll();
        assertThat(Failures.of(failing).code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
    }

    @Test
    void cancellingGivesTheCallUp() {
        users.cancel(true);
        assertThat(answer).isCancelled();
    }

    @Test
    void completingGivesTheCallUp() {
        users.complete(7);
        assertThat(answer).isCancelled();
    }

    @Test
    void anExecutorThatRefusesDoesNotKeepTheFutureFromEnding() {
        CompletableFuture<Integer> refused = Handover.to(
                task -> {
                    throw new RejectedExecutionException("shut down");
                },
                answer,
                "reading",
                Function.identity());
        answer.complete(1);
        assertThat(refused).isCompletedWithValue(1);
    }
}

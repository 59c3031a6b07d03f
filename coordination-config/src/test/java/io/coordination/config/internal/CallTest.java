package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CallTest {

    private final Call<String> call = new Call<>("writing");
    private final List<Object> heard = new ArrayList<>();

    /** A request whose answer arrives although it was given up. */
    private static final class Stubborn extends CompletableFuture<String> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return false;
        }
    }

    @Test
    void anAnswerIsHeard() {
        CompletableFuture<String> request = new CompletableFuture<>();
        call.await(request, heard::add, heard::add);
        request.complete("answer");
        assertThat(heard).containsExactly("answer");
    }

    @Test
    void anAnswerAfterTheEndIsNotHeard() {
        Stubborn answered = new Stubborn();
        Stubborn failed = new Stubborn();
        call.await(answered, heard::add, heard::add);
        call.await(failed, heard::add, heard::add);
        call.end(ErrorCode.TIMEOUT_ERROR, " had no answer");
        answered.complete("late");
        failed.completeExceptionally(new IllegalStateException("late"));
        assertThat(heard).isEmpty();
    }

    @Test
    void theEndGivesTheRequestUp() {
        CompletableFuture<String> request = new CompletableFuture<>();
        call.await(request, heard::add, heard::add);
        call.complete("done");
        assertThat(request).isCancelled();
    }

    @Test
    void aStepThatFailsEndsTheCall() {
        call.await(
                CompletableFuture.completedFuture("answer"),
                answer -> {
                    throw new IllegalStateException("a defect");
                },
                heard::add);
        CoordinationException failure = Failures.of(call.result());
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(failure).hasMessageContaining("writing");
    }

    @Test
    void onlyWhatWasSentCanHaveAnUnknownOutcome() {
        CoordinationException unknown =
                CoordinationException.withUnknownOutcome(ErrorCode.CONNECTION_ERROR, "the connection broke");
        Call<String> sent = new Call<>("writing");
        sent.undecided(true);
        sent.fail(unknown);
        call.fail(unknown);
        assertThat(Failures.of(sent.result())).isSameAs(unknown);
        assertThat(Failures.of(call.result()).outcomeUnknown()).isFalse();
        assertThat(Failures.of(call.result()).code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
    }
}

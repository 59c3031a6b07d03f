package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What calls fail with. */
final class Failures {

    private Failures() {}

    static CoordinationException of(ThrowingCallable call) {
        return catchThrowableOfType(CoordinationException.class, call);
    }

    /** What a future that is over failed with. */
    static CoordinationException of(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        Throwable failure = catchThrowable(future::get);
        assertThat(failure).isInstanceOf(ExecutionException.class);
        assertThat(failure.getCause()).isInstanceOf(CoordinationException.class);
        return (CoordinationException) failure.getCause();
    }

    static void assertUnknown(CoordinationException failure) {
        assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        assertThat(failure.outcomeUnknown()).isTrue();
    }
}

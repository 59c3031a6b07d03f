package io.coordination.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that bad arguments are refused as the API promises. */
public final class Refusals {
    private Refusals() {}

    /** The call throws VALIDATION_ERROR, surely without effect, with a message that begins so and contains the rest. */
    public static void assertRefused(ThrowingCallable call, String beginning, String... fragments) {
        CoordinationException refusal = catchThrowableOfType(CoordinationException.class, call);
        assertThat(refusal).as("the refusal of an argument").isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(refusal.retryable()).isFalse();
        assertThat(refusal.outcomeUnknown()).isFalse();
        assertThat(refusal.getMessage()).startsWith(beginning);
        for (String fragment : List.of(fragments)) {
            assertThat(refusal.getMessage()).contains(fragment);
        }
    }
}

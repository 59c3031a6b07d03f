package io.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.config.Version;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CoordinationExceptionTest {
    private final RuntimeException cause = new RuntimeException("cause");

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyWayToMakeOneKeepsCodeMessageAndCause(ErrorCode code) {
        assertFacts(CoordinationException.of(code, "text"), code, false);
        assertFacts(CoordinationException.of(code, "text", cause), code, false).hasCause(cause);
        assertFacts(CoordinationException.withUnknownOutcome(code, "text"), code, true);
        assertFacts(CoordinationException.withUnknownOutcome(code, "text", cause), code, true)
                .hasCause(cause);
        assertFacts(new CoordinationException(code, "text"), code, false).hasNoCause();
        assertFacts(new CoordinationException(code, "text", cause), code, false).hasCause(cause);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertFacts(
            CoordinationException e, ErrorCode code, boolean outcomeUnknown) {
        assertThat(e.code()).isEqualTo(code);
        assertThat(e.retryable()).isEqualTo(code.retryable());
        assertThat(e.outcomeUnknown()).isEqualTo(outcomeUnknown);
        return assertThat((Throwable) e).hasMessage("text");
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void aCodeHasAlwaysTheSameClass(ErrorCode code) {
        Class<?> expected = switch (code) {
            case LOCK_LOST -> LockLostException.class;
            case CONFLICT -> ConflictException.class;
            case TIMEOUT_ERROR -> CoordinationTimeoutException.class;
            case CLOSED -> CoordinationClosedException.class;
            case CANCELLED -> CoordinationCancelledException.class;
            default -> CoordinationException.class;
        };
        assertThat(CoordinationException.of(code, "text")).isExactlyInstanceOf(expected);
        assertThat(CoordinationException.withUnknownOutcome(code, "text", cause))
                .isExactlyInstanceOf(expected);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void onlyFailuresThatPassByThemselvesAreRetryable(ErrorCode code) {
        boolean passing = switch (code) {
            case CONNECTION_ERROR, TIMEOUT_ERROR, SERVICE_UNAVAILABLE -> true;
            default -> false;
        };
        assertThat(code.retryable()).isEqualTo(passing);
    }

    @ParameterizedTest
    @EnumSource
    void aLastingFailureIsNotRetryableAndKeepsTheClassOfItsCode(ErrorCode code) {
        Throwable cause = new IllegalStateException("why");

        CoordinationException lasting = CoordinationException.lasting(code, "full", cause, true);

        assertThat(lasting)
                .hasMessage("full")
                .hasCause(cause)
                .isExactlyInstanceOf(CoordinationException.of(code, "full").getClass());
        assertThat(lasting.code()).isEqualTo(code);
        assertThat(lasting.outcomeUnknown()).isTrue();
        assertThat(lasting.retryable()).isEqualTo(code == ErrorCode.TIMEOUT_ERROR);
    }

    @Test
    void subclassesHaveTheirCode() {
        assertThat(new LockLostException("text").code()).isEqualTo(ErrorCode.LOCK_LOST);
        assertThat(new ConflictException("text").code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(new CoordinationTimeoutException("text", cause).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        assertThat(new CoordinationClosedException("text").code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(new CoordinationCancelledException("text", cause).code()).isEqualTo(ErrorCode.CANCELLED);
    }

    @Test
    void theTextHasTheCode() {
        assertThat(new ConflictException("orders/1 is taken"))
                .hasToString("io.coordination.ConflictException [CONFLICT]: orders/1 is taken");
    }

    @Test
    void aConflictTellsTheCurrentVersion() {
        assertThat(new ConflictException("text").current()).isEmpty();
        assertThat(new ConflictException("text", cause).current()).isEmpty();
        assertThat(new ConflictException("text", new Version(7)).current()).contains(new Version(7));
        assertThat(new ConflictException("text", Version.ABSENT).current()).contains(Version.ABSENT);
    }

    @Test
    void aLostLockTellsWhenAndWhy() {
        LockLost lost = new LockLost("a", 1, LockLostReason.EXPIRED, Instant.EPOCH, Optional.of(cause));
        LockLostException e = new LockLostException("text", lost);
        assertThat(e.lost()).contains(lost);
        assertThat(e).hasCause(cause);
        assertThat(new LockLostException("text", cause).lost()).isEmpty();
    }

    @Test
    void exceptionsSurviveSerialisation() throws IOException, ClassNotFoundException {
        ConflictException conflict = copy(new ConflictException("text", new Version(7)));
        assertThat(conflict.current()).contains(new Version(7));
        LockLost lost = new LockLost("a", 1, LockLostReason.FORCED, Instant.EPOCH, Optional.empty());
        assertThat(copy(new LockLostException("text", lost)).lost()).isEmpty();
        assertThat(copy(CoordinationException.withUnknownOutcome(ErrorCode.TIMEOUT_ERROR, "text"))
                        .outcomeUnknown())
                .isTrue();
    }

    @SuppressWarnings("unchecked")
    private static <T extends CoordinationException> T copy(T original) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}

package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import org.junit.jupiter.api.Test;

final class CompatibilityTest {

    @Test
    void anotherGrpcOnTheClassPathIsExplainedInOneSentence() {
        assertThatThrownBy(() -> Compatibility.guarded(() -> {
                    throw new NoSuchMethodError("io.grpc.ManagedChannelBuilder.offloadExecutor");
                }))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("another io.grpc")
                .hasMessageContaining("io.grpc 1.")
                .hasCauseInstanceOf(NoSuchMethodError.class)
                .satisfies(failure ->
                        assertThat(((CoordinationException) failure).code()).isEqualTo(ErrorCode.INVALID_STATE));
    }

    @Test
    void otherFailuresPassUnchanged() {
        IllegalArgumentException failure = new IllegalArgumentException("x");

        assertThatThrownBy(() -> Compatibility.guarded(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(Compatibility.guarded(() -> "fine")).isEqualTo("fine");
    }
}

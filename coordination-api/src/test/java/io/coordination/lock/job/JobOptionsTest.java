package io.coordination.lock.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class JobOptionsTest {

    private static void assertRefused(String parameter, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                .hasMessageContaining(parameter);
    }

    @Test
    void beginWithDefaults() {
        JobOptions defaults = JobOptions.defaults();
        assertThat(defaults.ttl()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.atLeast()).isZero();
        assertThat(defaults.atMost()).isEmpty();
        assertThat(defaults.label()).isEmpty();
        assertThat(defaults.onSkipped()).isEmpty();
        assertThat(defaults.listener()).isEmpty();
        assertThat(defaults)
                .isEqualTo(JobOptions.builder().build())
                .hasSameHashCodeAs(defaults.toBuilder().build());
    }

    @Test
    void keepWhatTheyWereGiven() {
        Runnable action = () -> {};
        JobListener listener = new JobListener() {};
        JobOptions options = JobOptions.builder()
                .ttl(Duration.ofMillis(2_500))
                .atLeast(Duration.ofMillis(9_001))
                .atMost(Duration.ofMinutes(1))
                .label("nightly")
                .onSkipped(action)
                .listener(listener)
                .build();
        assertThat(options.ttl()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.atLeast()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.atMost()).hasValue(Duration.ofMinutes(1));
        assertThat(options.label()).hasValue("nightly");
        assertThat(options.onSkipped()).containsSame(action);
        assertThat(options.listener()).containsSame(listener);
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options).hasToString("JobOptions[ttl=3 s, atLeast=10 s, atMost=1 min, label=nightly]");
        assertThat(options.toBuilder().atLeast(Duration.ZERO).build()).isNotEqualTo(options);
    }

    @Test
    @SuppressWarnings("NullAway") // what happens to null is the question here
    void refuseWhatIsWrong() {
        JobOptions.Builder builder = JobOptions.builder();
        assertRefused("ttl", () -> builder.ttl(Duration.ofSeconds(1)));
        assertRefused("atLeast", () -> builder.atLeast(null));
        assertRefused("atLeast", () -> builder.atLeast(Duration.ofSeconds(1)));
        assertRefused("atLeast", () -> builder.atLeast(Duration.ofSeconds(-5)));
        assertRefused("atMost", () -> builder.atMost(Duration.ZERO));
        assertRefused("atMost", () -> builder.atMost(Duration.ofHours(25)));
        assertRefused("label", () -> builder.label(""));
        assertRefused("onSkipped", () -> builder.onSkipped(null));
        assertRefused("listener", () -> builder.listener(null));
        builder.atLeast(Duration.ofSeconds(10)).atMost(Duration.ofSeconds(9));
        assertRefused("atMost", builder::build);
        builder.atMost(Duration.ofSeconds(10)).build();
    }
}

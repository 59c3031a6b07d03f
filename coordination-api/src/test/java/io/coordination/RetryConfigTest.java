package io.coordination;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryConfigTest {
    @Test
    void theDefaultsAreThreeAttemptsWithFullJitter() {
        RetryConfig defaults = RetryConfig.defaults();
        assertThat(defaults.maxAttempts()).isEqualTo(3);
        assertThat(defaults.initialDelay()).isEqualTo(Duration.ofMillis(100));
        assertThat(defaults.maxDelay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(defaults.multiplier()).isEqualTo(2.0);
        assertThat(defaults.jitter()).isEqualTo(1.0);
    }

    @Test
    void noneIsOneAttempt() {
        assertThat(RetryConfig.none().maxAttempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1,100", "2,200", "3,400", "4,800", "5,1600", "6,2000", "7,2000", "1000,2000", "2147483647,2000"})
    void delaysDoubleUpToTheLongest(int failedAttempts, long millis) {
        assertThat(RetryConfig.defaults().delayAfter(failedAttempts, 0.0)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void fullJitterGoesDownToNothing() {
        assertThat(RetryConfig.defaults().delayAfter(1, 0.5)).isEqualTo(Duration.ofMillis(50));
        assertThat(RetryConfig.defaults().delayAfter(1, 0.999)).isLessThan(Duration.ofMillis(1));
    }

    @Test
    void partialJitterKeepsTheRest() {
        RetryConfig quarter = RetryConfig.builder().jitter(0.25).build();
        assertThat(quarter.delayAfter(1, 1.0)).isEqualTo(Duration.ofMillis(75));
        RetryConfig none = RetryConfig.builder().jitter(0).build();
        assertThat(none.delayAfter(2, 0.9)).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void delayAfterRefusesNonsense() {
        assertRefused(() -> RetryConfig.defaults().delayAfter(0, 0.5), "failedAttempts is 0");
        assertRefused(() -> RetryConfig.defaults().delayAfter(1, 1.5), "random is 1.5");
        assertRefused(() -> RetryConfig.defaults().delayAfter(1, Double.NaN), "random is NaN");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 101})
    void attemptsHaveLimits(int attempts) {
        assertRefused(() -> RetryConfig.builder().maxAttempts(attempts), "maxAttempts is " + attempts);
    }

    @Test
    void delaysHaveLimits() {
        RetryConfig.Builder builder = RetryConfig.builder();
        assertRefused(() -> builder.initialDelay(Duration.ZERO), "initialDelay is 0 s");
        assertRefused(() -> builder.initialDelay(null), "initialDelay is null");
        assertRefused(() -> builder.maxDelay(Duration.ofMinutes(6)), "maxDelay is 6 min");
        assertRefused(() -> builder.maxDelay(Duration.ofMillis(-1)), "maxDelay is -1 ms");
        assertRefused(() -> builder.maxDelay(Duration.ofMillis(99)).build(), "maxDelay is 99 ms", "at least 100 ms");
    }

    @Test
    void factorsHaveLimits() {
        RetryConfig.Builder builder = RetryConfig.builder();
        assertRefused(() -> builder.multiplier(0.99), "multiplier is 0.99");
        assertRefused(() -> builder.multiplier(Double.NaN), "multiplier is NaN");
        assertRefused(() -> builder.multiplier(Double.POSITIVE_INFINITY), "multiplier is Infinity");
        assertRefused(() -> builder.jitter(1.1), "jitter is 1.1");
        assertThat(builder.multiplier(1.0).jitter(0).build().multiplier()).isOne();
    }

    @Test
    void equalityIsByValue() {
        RetryConfig config = RetryConfig.builder()
                .maxAttempts(7)
                .initialDelay(Duration.ofMillis(5))
                .maxDelay(Duration.ofSeconds(9))
                .multiplier(1.5)
                .jitter(0.3)
                .build();
        assertThat(config.toBuilder().build()).isEqualTo(config).hasSameHashCodeAs(config);
        assertThat(config.toBuilder().maxAttempts(8).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().initialDelay(Duration.ofMillis(6)).build())
                .isNotEqualTo(config);
        assertThat(config.toBuilder().maxDelay(Duration.ofSeconds(8)).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().multiplier(1.6).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().jitter(0.4).build()).isNotEqualTo(config);
        assertThat(config)
                .hasToString("RetryConfig[maxAttempts=7, initialDelay=5 ms, maxDelay=9 s, multiplier=1.5, jitter=0.3]");
    }
}

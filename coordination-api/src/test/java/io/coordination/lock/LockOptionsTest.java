package io.coordination.lock;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockOptionsTest {
    @Test
    void theDefaultsAreThirtySecondsRenewedWithoutWaitLimit() {
        LockOptions defaults = LockOptions.defaults();
        assertThat(defaults.ttl()).isEqualTo(Duration.ofSeconds(30));
        assertThat(defaults.waitTime()).isEmpty();
        assertThat(defaults.fixedTtl()).isFalse();
        assertThat(defaults.label()).isEmpty();
    }

    @Test
    void fractionsOfSecondsAreRoundedUp() {
        assertThat(LockOptions.ofTtl(Duration.ofMillis(2_001)).ttl()).isEqualTo(Duration.ofSeconds(3));
        assertThat(LockOptions.ofTtl(Duration.ofMillis(2_001))).isEqualTo(LockOptions.ofTtl(Duration.ofSeconds(3)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT1.9S", "PT-1S", "PT24H1S"})
    void ttlsOutsideTheLimitsAreRefused(Duration ttl) {
        assertRefused(() -> LockOptions.ofTtl(ttl), "ttl is ", "between 2 s and 24 h");
    }

    @Test
    void zeroWaitTimeIsNotTheSameAsNone() {
        assertThat(LockOptions.builder().waitTime(Duration.ZERO).build().waitTime())
                .contains(Duration.ZERO);
        assertRefused(() -> LockOptions.builder().waitTime(Duration.ofNanos(-1)), "waitTime is ", "negative");
        assertRefused(() -> LockOptions.builder().waitTime(null), "waitTime is null");
    }

    @Test
    void endlessWaitTimesFitIntoNanoseconds() {
        LockOptions options = LockOptions.builder()
                .waitTime(Duration.ofSeconds(Long.MAX_VALUE))
                .build();
        assertThat(options.waitTime().orElseThrow().toNanos()).isPositive();
    }

    @Test
    void labelsAreShortText() {
        assertThat(LockOptions.builder().label("nightly job").build().label()).contains("nightly job");
        assertRefused(() -> LockOptions.builder().label("x".repeat(129)), "label is ");
        assertRefused(() -> LockOptions.builder().label("a\nb"), "label is ");
    }

    @Test
    void equalityIsByValue() {
        LockOptions options = LockOptions.builder()
                .ttl(Duration.ofSeconds(10))
                .waitTime(Duration.ofMillis(1_500))
                .fixedTtl()
                .label("me")
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.toBuilder().ttl(Duration.ofSeconds(11)).build()).isNotEqualTo(options);
        assertThat(options.toBuilder().waitTime(Duration.ZERO).build()).isNotEqualTo(options);
        assertThat(options.toBuilder().fixedTtl(false).build()).isNotEqualTo(options);
        assertThat(options.toBuilder().label("you").build()).isNotEqualTo(options);
        assertThat(options).hasToString("LockOptions[ttl=10 s, waitTime=1500 ms, fixedTtl=true, label=me]");
    }

    @Test
    void aLossHasAllItsFacts() {
        Instant now = Instant.EPOCH;
        assertRefused(() -> new LockLost(null, 1, LockLostReason.CLOSED, now, Optional.empty()), "key is null");
        assertRefused(() -> new LockLost("a", 1, null, now, Optional.empty()), "reason is null");
        assertRefused(() -> new LockLost("a", 1, LockLostReason.CLOSED, null, Optional.empty()), "at is null");
        assertRefused(() -> new LockLost("a", 1, LockLostReason.CLOSED, now, null), "cause is null");
    }
}

package io.coordination.internal;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksNumberTest {
    @ParameterizedTest
    @CsvSource({"PT2S,PT2S", "PT2.000000001S,PT3S", "PT2.5S,PT3S", "PT30S,PT30S", "PT23H59M59.1S,PT24H", "PT24H,PT24H"})
    void ttlsAreRoundedUpToSeconds(Duration given, Duration rounded) {
        assertThat(Checks.ttl("ttl", given)).isEqualTo(rounded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT1.999999999S", "PT-5S", "PT24H0.000000001S", "PT100000000H", "PT-100000000H"})
    void ttlsOutsideTheLimitsAreRefused(Duration ttl) {
        assertRefused(() -> Checks.ttl("ttl", ttl), "ttl is ", "it must be between 2 s and 24 h");
    }

    @Test
    void extremeDurationsAreRefusedWithoutOverflow() {
        assertRefused(() -> Checks.ttl("ttl", Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)), "ttl is ");
        assertRefused(() -> Checks.ttl("ttl", Duration.ofSeconds(Long.MIN_VALUE)), "ttl is ");
        assertRefused(() -> Checks.ttl("ttl", null), "ttl is null");
    }

    @Test
    void durationsAreShownWithTheirUnit() {
        assertRefused(() -> Checks.ttl("ttl", Duration.ofMillis(1_500)), "ttl is 1500 ms: it must");
        assertRefused(
                () -> Checks.atLeast("maxDelay", Duration.ofMillis(50), Duration.ofMillis(100)),
                "maxDelay is 50 ms: it must be at least 100 ms");
        assertThat(Checks.atLeast("maxDelay", Duration.ofMillis(100), Duration.ofMillis(100)))
                .isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void limitsAreIncluded() {
        assertThat(Checks.between("port", 1, 1, 65_535)).isEqualTo(1);
        assertThat(Checks.between("port", 65_535, 1, 65_535)).isEqualTo(65_535);
        assertThat(Checks.between("jitter", 0.0, 0.0, 1.0)).isZero();
        assertThat(Checks.between("jitter", 1.0, 0.0, 1.0)).isOne();
        assertRefused(() -> Checks.between("port", 0, 1, 65_535), "port is 0: it must be between 1 and 65535");
        assertRefused(() -> Checks.between("port", 65_536, 1, 65_535), "port is 65536");
        assertRefused(() -> Checks.between("jitter", Double.NaN, 0.0, 1.0), "jitter is NaN");
        assertRefused(() -> Checks.between("jitter", 1.01, 0.0, 1.0), "jitter is 1.01");
        assertRefused(() -> Checks.between("jitter", -0.01, 0.0, 1.0), "jitter is -0.01");
    }

    @Test
    void zeroIsNotNegative() {
        assertThat(Checks.notNegative("revision", 0)).isZero();
        assertThat(Checks.notNegative("waitTime", Duration.ZERO)).isZero();
        assertRefused(() -> Checks.notNegative("revision", -1), "revision is -1");
        assertRefused(() -> Checks.notNegative("waitTime", Duration.ofNanos(-1)), "waitTime is ", "negative");
        assertRefused(() -> Checks.notNegative("waitTime", null), "waitTime is null");
    }

    @Test
    void copiesAreIndependentAndWithoutNull() {
        List<String> source = new ArrayList<>(List.of("a", "b"));
        List<String> copy = Checks.copyOf("events", source);
        source.clear();
        assertThat(copy).containsExactly("a", "b").isUnmodifiable();
        assertRefused(() -> Checks.copyOf("events", null), "events is null");
        assertRefused(() -> Checks.copyOf("events", Arrays.asList("a", null)), "an element of events is null");
    }
}

package io.coordination.lock;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.watchdog.WatchdogConfig;
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
        assertThat(defaults.localBatch()).isEqualTo(16);
        assertThat(defaults.owner()).isEmpty();
        assertThat(defaults.retain()).isZero();
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

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_537})
    void batchesOutsideTheLimitsAreRefused(int batch) {
        assertRefused(() -> LockOptions.builder().localBatch(batch), "localBatch is ", "between 1 and 65536");
    }

    @Test
    void idleLocksStayForADayAtMostAndNotWithAFixedTtl() {
        LockOptions.Builder options = LockOptions.builder().retain(Duration.ofSeconds(2));
        assertThat(options.build().retain()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.build().toBuilder().build()).isEqualTo(options.build());
        assertRefused(() -> options.retain(Duration.ofHours(25)), "retain is ", "between ");
        assertRefused(() -> options.retain(Duration.ofMillis(-1)), "retain is ");
        assertRefused(() -> options.retain(null), "retain is null");
        assertRefused(() -> options.fixedTtl().build(), "retain is ", "fixed TTL");
    }

    @Test
    void ownersAreThreadsOrNames() {
        LockOwner here = LockOwner.ofThread();
        assertThat(here.resolved())
                .isEqualTo(LockOwner.of(Thread.currentThread()))
                .hasSameHashCodeAs(LockOwner.of(Thread.currentThread()))
                .isNotEqualTo(LockOwner.of(new Thread()))
                .isNotEqualTo(here);
        assertThat(LockOwner.named("a"))
                .isEqualTo(LockOwner.named("a"))
                .hasSameHashCodeAs(LockOwner.named("a"))
                .isNotEqualTo(LockOwner.named("b"))
                .hasToString("a");
        assertThat(LockOwner.named("a").resolved()).isEqualTo(LockOwner.named("a"));
        assertThat(here).hasToString("calling thread");
        assertThat(LockOptions.builder().owner(here).build().owner()).contains(here);
        assertRefused(() -> LockOwner.named(""), "name is ");
        assertRefused(() -> LockOwner.of(null), "thread is null");
        assertRefused(() -> LockOptions.builder().owner(null), "owner is null");
    }

    @Test
    void deadlocksAreLookedForWhenAskedFor() {
        assertThat(LockOptions.defaults().detectDeadlocksAfter()).isEmpty();
        Duration threshold = Duration.ofSeconds(5);
        LockOptions options =
                LockOptions.builder().detectDeadlocksAfter(threshold).build();
        assertThat(options.detectDeadlocksAfter()).contains(threshold);
        assertThat(options.toBuilder().build()).isEqualTo(options).isNotEqualTo(LockOptions.defaults());
        assertThat(options)
                .hasToString(LockOptions.defaults()
                        .toString()
                        .replace("detectDeadlocksAfter=none", "detectDeadlocksAfter=5 s"));
        for (Duration bad : new Duration[] {null, Duration.ZERO, Duration.ofMillis(99), Duration.ofDays(2)}) {
            assertRefused(() -> LockOptions.builder().detectDeadlocksAfter(bad), "detectDeadlocksAfter is ");
        }
    }

    @Test
    void aListenerIsPartOfTheValue() {
        LockListener listener = new LockListener() {};
        LockOptions options = LockOptions.builder().listener(listener).build();
        assertThat(options.listener()).contains(listener);
        assertThat(LockOptions.defaults().listener()).isEmpty();
        assertThat(options.toBuilder().build()).isEqualTo(options).isNotEqualTo(LockOptions.defaults());
        assertRefused(() -> LockOptions.builder().listener(null), "listener is null");
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
        assertThat(options.toBuilder().localBatch(2).build()).isNotEqualTo(options);
        assertThat(options.toBuilder().owner(LockOwner.named("a")).build()).isNotEqualTo(options);
        assertThat(options).asString().startsWith("LockOptions[ttl=10 s, waitTime=1500 ms, fixedTtl=true, label=me");
    }

    @Test
    void aLossHasAllItsFacts() {
        Instant now = Instant.EPOCH;
        assertRefused(() -> new LockLost(null, 1, LockLostReason.CLOSED, now, Optional.empty()), "key is null");
        assertRefused(() -> new LockLost("a", 1, null, now, Optional.empty()), "reason is null");
        assertRefused(() -> new LockLost("a", 1, LockLostReason.CLOSED, null, Optional.empty()), "at is null");
        assertRefused(() -> new LockLost("a", 1, LockLostReason.CLOSED, now, null), "cause is null");
    }

    @Test
    void aWatchdogMustSuitTheTtl() {
        WatchdogConfig tenSeconds =
                WatchdogConfig.builder().interval(Duration.ofSeconds(10)).build();
        LockOptions.Builder builder = LockOptions.builder().watchdog(tenSeconds);
        assertThat(builder.build().watchdog()).contains(tenSeconds);
        assertThat(builder.build()).isNotEqualTo(LockOptions.defaults());
        assertThat(builder.build().toBuilder().build()).isEqualTo(builder.build());
        assertThat(builder.build().toString()).contains("watchdog=WatchdogConfig[interval=10 s");
        builder.ttl(Duration.ofSeconds(19));
        assertRefused(builder::build, "interval is ", "half the TTL");
        assertRefused(() -> LockOptions.builder().watchdog(null), "watchdog is null");
    }

    @Test
    void aFixedTtlHasNoWatchdogFromTheBeginning() {
        LockOptions.Builder builder = LockOptions.builder().fixedTtl().watchdog(WatchdogConfig.defaults());
        assertRefused(builder::build, "watchdog is ", "startWatchdog");
    }

    @Test
    void aHoldMayHaveALongestTime() {
        LockOptions options =
                LockOptions.builder().maxHold(Duration.ofMinutes(5)).build();
        assertThat(options.maxHold()).contains(Duration.ofMinutes(5));
        assertThat(options).isNotEqualTo(LockOptions.defaults());
        assertThat(options.toBuilder().build()).isEqualTo(options);
        assertThat(options.toString()).contains("maxHold=5 min");
        LockOptions endless = LockOptions.builder()
                .maxHold(Duration.ofSeconds(Long.MAX_VALUE))
                .build();
        assertThat(endless.maxHold().orElseThrow().toNanos()).isPositive();
        assertRefused(() -> LockOptions.builder().maxHold(Duration.ZERO), "maxHold is ", "1 ms");
        assertRefused(() -> LockOptions.builder().maxHold(null), "maxHold is null");
    }
}

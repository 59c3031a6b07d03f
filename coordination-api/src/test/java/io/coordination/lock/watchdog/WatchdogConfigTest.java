package io.coordination.lock.watchdog;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchdogConfigTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void theDefaultsComeFromTheTtl() {
        WatchdogConfig defaults = WatchdogConfig.defaults();
        assertThat(defaults.interval()).isEmpty();
        assertThat(defaults.extendBy()).isEmpty();
        assertThat(defaults.maxFailures()).isEqualTo(3);
        assertThat(defaults.schedule()).isEmpty();
        assertThat(defaults.onSuccess()).isEmpty();
        assertThat(defaults.onFailure()).isEmpty();
        assertThat(defaults).hasToString("WatchdogConfig[interval=ttl/3, extendBy=ttl, maxFailures=3, schedule=fixed]");
    }

    @Test
    void equalityIsByValueAndByTheCallbackObjects() {
        WatchdogConfig config = WatchdogConfig.builder()
                .interval(SECOND)
                .extendBy(Duration.ofMinutes(1))
                .maxFailures(5)
                .schedule(RenewalSchedule.adaptive(SECOND, SECOND))
                .onSuccess(() -> {})
                .onFailure(error -> {})
                .build();
        assertThat(config.toBuilder().build()).isEqualTo(config).hasSameHashCodeAs(config);
        assertThat(config.toBuilder().interval(Duration.ofSeconds(2)).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().extendBy(SECOND).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().maxFailures(4).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().schedule((status, ttl) -> ttl).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().onSuccess(() -> {}).build()).isNotEqualTo(config);
        assertThat(config.toBuilder().onFailure(error -> {}).build()).isNotEqualTo(config);
        assertThat(config)
                .hasToString("WatchdogConfig[interval=1 s, extendBy=1 min, maxFailures=5, schedule=adaptive]");
    }

    @Test
    @SuppressWarnings("NullAway") // what happens to null is the question here
    void badValuesAreRefused() {
        WatchdogConfig.Builder builder = WatchdogConfig.builder();
        assertRefused(() -> builder.interval(Duration.ofMillis(199)), "interval is ", "200 ms");
        assertRefused(() -> builder.interval(Duration.ofHours(13)), "interval is ", "12 h");
        assertRefused(() -> builder.interval(null), "interval is null");
        assertRefused(() -> builder.extendBy(Duration.ZERO), "extendBy is ");
        assertRefused(() -> builder.extendBy(Duration.ofHours(25)), "extendBy is ", "24 h");
        assertRefused(() -> builder.extendBy(null), "extendBy is null");
        assertRefused(() -> builder.maxFailures(0), "maxFailures is 0");
        assertRefused(() -> builder.schedule(null), "schedule is null");
        assertRefused(() -> builder.onSuccess(null), "onSuccess is null");
        assertRefused(() -> builder.onFailure(null), "onFailure is null");
    }

    /** What the guide recommends, but never so long that the lock would be lost. */
    @ParameterizedTest
    @CsvSource({
        "PT0S, PT30S, PT10S",
        "PT59S, PT60S, PT10S",
        "PT1M, PT5M, PT30S",
        "PT9M59S, PT10M, PT30S",
        "PT10M, PT10M, PT2M",
        "PT24H, PT30S, PT10S",
        "PT10M, PT2S, PT0.666666666S"
    })
    void theSuggestedIntervalIsAtMostAThirdOfTheTtl(Duration task, Duration ttl, Duration suggested) {
        assertThat(WatchdogConfig.suggestedInterval(task, ttl)).isEqualTo(suggested);
        LockOptions.builder()
                .ttl(ttl)
                .watchdog(WatchdogConfig.builder().interval(suggested).build())
                .build();
    }

    @Test
    void suggestionsNeedGoodArguments() {
        assertRefused(() -> WatchdogConfig.suggestedInterval(Duration.ofSeconds(-1), SECOND), "taskDuration is ");
        assertRefused(() -> WatchdogConfig.suggestedInterval(SECOND, SECOND), "ttl is ");
    }

    @Test
    void anAdaptiveScheduleHalvesAfterFailuresAndGrowsAfterSuccesses() {
        RenewalSchedule schedule = RenewalSchedule.adaptive(SECOND, Duration.ofSeconds(5));
        Duration ttl = Duration.ofSeconds(30);
        assertThat(schedule.next(status(Duration.ofSeconds(4), 1), ttl)).isEqualTo(Duration.ofSeconds(2));
        assertThat(schedule.next(status(SECOND, 2), ttl)).isEqualTo(SECOND);
        assertThat(schedule.next(status(Duration.ofSeconds(2), 0), ttl)).isEqualTo(Duration.ofSeconds(3));
        assertThat(schedule.next(status(Duration.ofSeconds(4), 0), ttl)).isEqualTo(Duration.ofSeconds(5));
        assertThat(schedule).isEqualTo(RenewalSchedule.adaptive(SECOND, Duration.ofSeconds(5)));
        assertRefused(() -> RenewalSchedule.adaptive(Duration.ofMillis(199), SECOND), "shortest is ");
        assertRefused(() -> RenewalSchedule.adaptive(SECOND, Duration.ofMillis(999)), "longest is ");
    }

    private static WatchdogStatus status(Duration interval, int consecutiveFailures) {
        return new WatchdogStatus(
                WatchdogStatus.State.RUNNING,
                interval,
                Instant.EPOCH,
                7,
                9,
                consecutiveFailures,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void onlyARunningOneRuns() {
        WatchdogStatus running = status(SECOND, 0);
        assertThat(running.running()).isTrue();
        for (WatchdogStatus.State state : WatchdogStatus.State.values()) {
            WatchdogStatus other = new WatchdogStatus(
                    state, SECOND, Instant.EPOCH, 0, 0, 0, Optional.empty(), Optional.empty(), Optional.empty());
            assertThat(other.running()).isEqualTo(state == WatchdogStatus.State.RUNNING);
        }
    }
}

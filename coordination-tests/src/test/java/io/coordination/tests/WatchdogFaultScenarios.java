package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.lock.watchdog.WatchdogStatus;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watchdogs of locks whose coordinator is cut off from its server. */
@Timeout(120)
abstract class WatchdogFaultScenarios extends FaultedCoordinators {

    private static final Duration MINUTE = Duration.ofSeconds(60);

    @Test
    void renewalsThatStopLoseTheLockLongBeforeItsTtlHasPassed() {
        FaultProxy proxy = proxy();
        Coordinator mine = connect(proxy);
        LockHandle held = mine.lock().tryAcquire("l", MINUTE).orElseThrow();
        CompletableFuture<LockLost> lost = held.lost().toCompletableFuture();
        var watchdog = held.startWatchdog(
                WatchdogConfig.builder().interval(Duration.ofSeconds(1)).build());
        CompletableFuture<LockHandle> waiting = connect().lock().acquireAsync("l", LockOptions.ofTtl(MINUTE));

        proxy.halfOpen();

        assertThat(lost.orTimeout(20, TimeUnit.SECONDS).join().reason()).isEqualTo(LockLostReason.WATCHDOG);
        assertThat(held.isHeld()).isFalse();
        WatchdogStatus status = watchdog.status();
        assertThat(status.state()).isEqualTo(WatchdogStatus.State.LOST);
        assertThat(status.consecutiveFailures()).isEqualTo(3);
        assertThat(status.lastError())
                .hasValueSatisfying(error -> assertThat(error.code()).isEqualTo(ErrorCode.LOCK_LOST));
        assertThat(waiting).as("its key cannot be released yet").isNotDone();
        proxy.cut();
        proxy.heal();
        assertThat(waiting.orTimeout(20, TimeUnit.SECONDS).join().isHeld()).isTrue();
    }

    @Test
    void anOutageShorterThanTheTimeThatItProlongsByIsSurvived() {
        FaultProxy proxy = proxy();
        Coordinator mine = connect(proxy);
        Duration ttl = Duration.ofSeconds(3);
        LockHandle held = mine.lock().tryAcquire("l", ttl).orElseThrow();
        var watchdog = held.startWatchdog(WatchdogConfig.builder()
                .interval(Duration.ofSeconds(1))
                .extendBy(MINUTE)
                .maxFailures(100)
                .build());

        proxy.halfOpen();
        last(ttl.multipliedBy(2));
        proxy.cut();
        proxy.heal();
        held.renew();

        assertThat(held.isHeld()).isTrue();
        assertThat(watchdog.status().running()).isTrue();
        assertThat(watchdog.status().failureCount()).isPositive();
        assertThat(held.unlock()).isTrue();
    }
}

package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.watchdog.RenewalSchedule;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.lock.watchdog.WatchdogStats;
import io.coordination.lock.watchdog.WatchdogStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a user may rely on with {@link Watchdog watchdogs} and {@link LockOptions#maxHold()}, as tests that see nothing but
 * coordinators.
 *
 * <p>A subclass says how to {@link #connect()} one more coordinator to one and the same store. Every test uses a lock of its
 * own.
 */
@Timeout(60)
public abstract class WatchdogContract extends LockFixture {

    private static final Duration QUICK = Duration.ofMillis(300);

    private final AtomicInteger successes = new AtomicInteger();
    private final Queue<CoordinationException> failures = new ConcurrentLinkedQueue<>();

    /** For subclasses. */
    protected WatchdogContract() {}

    private WatchdogConfig.Builder quick() {
        return WatchdogConfig.builder()
                .interval(QUICK)
                .onSuccess(successes::incrementAndGet)
                .onFailure(failures::add);
    }

    private LockHandle takeBriefly() {
        return mine.lock().tryAcquire(name, SHORT_TTL).orElseThrow();
    }

    private LockHandle take(LockOptions options) {
        return granted(mine.lock().acquireAsync(name, options));
    }

    private static LockOptions.Builder brief() {
        return LockOptions.builder().ttl(SHORT_TTL);
    }

    private static LockLostReason reasonOf(CompletableFuture<LockLost> loss) {
        return result(loss).reason();
    }

    private static CompletableFuture<LockLost> loss(LockHandle held) {
        return held.lost().toCompletableFuture();
    }

    private static void assertOutlives(LockHandle held, Duration time) {
        await().during(time).atMost(time.plus(SOON)).until(held::isHeld);
    }

    @Nested
    class Running {

        @Test
        void outlivesTheTtlAndCountsItsSuccesses() {
            Instant before = Instant.now().minusSeconds(1);
            LockHandle held = takeBriefly();
            CompletableFuture<LockHandle> waiting = ask(other);
            Watchdog watchdog = held.startWatchdog(quick().build());
            assertOutlives(held, SHORT_TTL.multipliedBy(2));
            WatchdogStatus status = watchdog.status();
            assertThat(status.running()).isTrue();
            assertThat(status.extendCount()).isGreaterThan(5);
            assertThat(status.lastExtendTime())
                    .hasValueSatisfying(time -> assertThat(time).isAfter(before));
            assertThat(status.nextExtendTime()).isPresent();
            assertThat(successes.get()).isPositive();
            assertThat(waiting).isNotDone();
            held.close();
            granted(waiting).close();
        }

        @Test
        void startsWithTheLockWhenTheOptionsSaySo() {
            LockHandle held = take(brief().watchdog(quick().build()).build());
            assertThat(held.watchdog()).isPresent();
            assertOutlives(held, SHORT_TTL.multipliedBy(2));
            assertThat(successes.get()).isGreaterThan(5);
            held.unlock();
        }

        @Test
        void keepsALockWithAFixedTtlUntilItIsReleased() {
            LockHandle held = take(brief().fixedTtl().build());
            long token = held.fencingToken();
            held.startWatchdog(quick().build());
            assertOutlives(held, SHORT_TTL.multipliedBy(2));
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            assertThat(held.fencingToken()).isEqualTo(token);
            assertThat(held.unlock()).isTrue();
            assertGetsFree();
        }

        @Test
        void withALongerTimeMovesTheLockToALongerLease() {
            LockHandle held = takeBriefly();
            long token = held.fencingToken();
            held.startWatchdog(quick().interval(Duration.ofSeconds(5))
                    .extendBy(Duration.ofSeconds(60))
                    .maxFailures(5)
                    .build());
            assertThat(held.ttl()).isEqualTo(Duration.ofSeconds(60));
            assertThat(held.remaining()).isGreaterThan(Duration.ofSeconds(50));
            assertThat(held.fencingToken()).isEqualTo(token);
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            assertThat(held.unlock()).isTrue();
            assertGetsFree();
        }

        @Test
        void mayAdaptItsInterval() {
            LockHandle held = take(mine);
            Watchdog watchdog = held.startWatchdog(
                    quick().schedule(RenewalSchedule.adaptive(Duration.ofMillis(200), Duration.ofMillis(600)))
                            .build());
            await().atMost(SOON).until(() -> watchdog.status().interval().equals(Duration.ofMillis(600)));
            held.unlock();
        }

        @Test
        void callsBackWhereBlockingIsAllowed() {
            LockHandle held = take(mine);
            CompletableFuture<Boolean> released = new CompletableFuture<>();
            held.startWatchdog(quick().onSuccess(() -> {
                        held.renew();
                        released.complete(held.unlock());
                    })
                    .build());
            assertThat(result(released)).isTrue();
            assertGetsFree();
        }
    }

    @Nested
    class Refusing {

        @Test
        void aSecondStartAndALockThatIsNotHeld() {
            LockHandle held = take(mine);
            held.startWatchdog(quick().build());
            assertFails(ErrorCode.INVALID_STATE, () -> held.startWatchdog(quick().build()));
            held.unlock();
            assertFails(ErrorCode.INVALID_STATE, () -> held.startWatchdog(quick().build()));
        }

        @Test
        void intervalsThatDoNotSuitTheTtl() {
            LockHandle held = take(mine);
            WatchdogConfig slow =
                    quick().interval(TTL.dividedBy(2).plusMillis(1)).build();
            assertFails(ErrorCode.VALIDATION_ERROR, () -> held.startWatchdog(slow));
            WatchdogConfig shortHold = quick().extendBy(Duration.ofSeconds(1)).build();
            assertFails(ErrorCode.VALIDATION_ERROR, () -> held.startWatchdog(shortHold));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> quick().interval(Duration.ofMillis(199)));
            assertThat(held.watchdog()).isEmpty();
            assertThat(held.isHeld()).isTrue();
        }
    }

    @Nested
    class Ending {

        @Test
        void withTheRelease() {
            LockHandle held = takeBriefly();
            CompletableFuture<LockLost> loss = loss(held);
            Watchdog watchdog = held.startWatchdog(quick().build());
            held.unlock();
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            assertThat(mine.lock().watchdogs().find(name)).isEmpty();
            assertGetsFree();
            assertThat(loss).isNotDone();
            assertThat(failures).isEmpty();
        }

        @Test
        void byAStopLetsTheHoldRunOutAlthoughItsSessionLives() {
            LockHandle neighbour = mine.lock().tryAcquire(name + "-2", TTL).orElseThrow();
            LockHandle held = take(mine);
            CompletableFuture<LockLost> loss = loss(held);
            CompletableFuture<LockHandle> waiting = ask(other);
            Watchdog watchdog =
                    held.startWatchdog(quick().extendBy(Duration.ofSeconds(2)).build());
            watchdog.stop();
            assertThat(held.isHeld()).isTrue();
            assertThat(reasonOf(loss)).isEqualTo(LockLostReason.WATCHDOG);
            assertThat(held.isHeld()).isFalse();
            assertThat(granted(waiting).fencingToken()).isGreaterThan(held.fencingToken());
            assertThat(neighbour.isHeld()).isTrue();
            assertThat(held.unlock()).isFalse();
        }

        @Test
        void withTheLossOfTheLock() {
            LockHandle held = take(mine);
            Watchdog watchdog = held.startWatchdog(quick().build());
            mine.close();
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.LOST);
            await().atMost(SOON).until(() -> !failures.isEmpty());
            assertThat(failures)
                    .singleElement()
                    .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.LOCK_LOST));
            assertThat(other.lock().tryAcquire(name, TTL)).isPresent();
        }

        @Test
        void afterTheLongestTimeThatAHoldMayLast() {
            LockHandle held = take(options().toBuilder()
                    .maxHold(Duration.ofSeconds(1))
                    .watchdog(quick().build())
                    .build());
            CompletableFuture<LockLost> loss = loss(held);
            CompletableFuture<LockHandle> waiting = ask(other);
            assertThat(held.remaining()).isLessThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(reasonOf(loss)).isEqualTo(LockLostReason.MAX_HOLD);
            assertThat(held.isHeld()).isFalse();
            granted(waiting).close();
            assertThat(held.watchdog().orElseThrow().status().state()).isEqualTo(WatchdogStatus.State.LOST);
        }
    }

    @Test
    void allOfACoordinatorAreKnownTogether() {
        LockHandle first = take(mine);
        LockHandle second = mine.lock().tryAcquire(name + "-2", TTL).orElseThrow();
        Watchdog watchdog = first.startWatchdog(quick().build());
        second.startWatchdog(quick().build());
        assertThat(mine.lock().watchdogs().find(name)).containsSame(watchdog);
        assertThat(other.lock().watchdogs().find(name)).isEmpty();
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> mine.lock().watchdogs().stats().successful() >= 4);
        mine.lock().watchdogs().stopAll();
        WatchdogStats stats = mine.lock().watchdogs().stats();
        assertThat(stats.active()).isZero();
        assertThat(stats.total()).isEqualTo(stats.successful() + stats.failed());
        assertThat(stats.averageExtendTime()).isLessThan(SOON);
        assertThat(watchdog.status().running()).isFalse();
        first.unlock();
        second.unlock();
    }
}

package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.lock.watchdog.WatchdogStatus;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Watchdogs of locks that renew themselves: starting, riding on the renewals of the session, stopping. */
class WatchdogTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration THIRD = Cluster.TTL.dividedBy(3);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final WatchdogRecord told = new WatchdogRecord();

    private static WatchdogConfig every(Duration interval) {
        return WatchdogConfig.builder().interval(interval).build();
    }

    private LockHandle other(String name) {
        return a.locks.tryAcquire(name, Cluster.TTL).orElseThrow();
    }

    private long renewalsIn(Duration time) {
        long before = renewals();
        cluster.time.advance(time);
        return renewals() - before;
    }

    private long renewals() {
        return a.store.calls().stream()
                .filter(StoreCall.Renewal.class::isInstance)
                .count();
    }

    private static void assertRefused(ErrorCode code, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }

    @Nested
    class Starting {

        private final LockHandle held = a.take();

        @AfterEach
        void release() {
            held.close();
        }

        @Test
        void withTheDefaultsLooksEveryThirdOfTheTtl() {
            Instant now = cluster.time.now();
            Watchdog watchdog = held.startWatchdog(WatchdogConfig.defaults());
            assertThat(watchdog.lockKey()).isEqualTo(Cluster.LOCK);
            assertThat(held.watchdog()).containsSame(watchdog);
            WatchdogStatus status = watchdog.status();
            assertThat(status.state()).isEqualTo(WatchdogStatus.State.RUNNING);
            assertThat(status.running()).isTrue();
            assertThat(status.interval()).isEqualTo(THIRD);
            assertThat(status.startTime()).isEqualTo(now);
            assertThat(status.nextExtendTime()).contains(now.plus(THIRD));
            assertThat(status.lastExtendTime()).isEmpty();
            assertThat(status.lastError()).isEmpty();
            assertThat(status.extendCount()).isZero();
        }

        @Test
        void isNotNeeded() {
            assertThat(held.watchdog()).isEmpty();
        }

        @Test
        void countsItsSuccesses() {
            Watchdog watchdog = held.startWatchdog(told.terms().build());
            cluster.time.advance(THIRD.multipliedBy(5));
            Instant now = cluster.time.now();
            WatchdogStatus status = watchdog.status();
            assertThat(status.extendCount()).isEqualTo(5);
            assertThat(status.failureCount()).isZero();
            assertThat(status.lastExtendTime()).contains(now);
            assertThat(status.nextExtendTime()).contains(now.plus(THIRD));
            assertThat(told.successes).isEqualTo(5);
            assertThat(told.failures).isEmpty();
        }

        @Test
        void sendsNothing() {
            int before = a.store.calls().size();
            held.startWatchdog(WatchdogConfig.defaults());
            assertThat(a.store.calls()).hasSize(before);
            assertThat(renewalsIn(Cluster.TTL.multipliedBy(10))).isBetween(30L, 34L);
        }

        @Test
        void aSecondOneIsRefusedUntilTheFirstWasStopped() {
            Watchdog first = held.startWatchdog(WatchdogConfig.defaults());
            assertRefused(ErrorCode.INVALID_STATE, "stop", () -> held.startWatchdog(WatchdogConfig.defaults()));
            assertThat(first.status().running()).isTrue();
            first.stop();
            Watchdog second = held.startWatchdog(WatchdogConfig.defaults());
            assertThat(second.status().running()).isTrue();
            assertThat(first.status().running()).isFalse();
            assertThat(held.watchdog()).containsSame(second);
        }

        @Test
        void ofALockThatIsNotHeldIsRefused() {
            held.unlock();
            assertRefused(ErrorCode.INVALID_STATE, "not held", () -> held.startWatchdog(WatchdogConfig.defaults()));
            LockHandle lost = a.take();
            a.store.dropLeases().join();
            assertRefused(ErrorCode.INVALID_STATE, "not held", () -> lost.startWatchdog(WatchdogConfig.defaults()));
        }

        @Test
        @SuppressWarnings("NullAway") // what happens to null is the question here
        void badTermsAreRefused() {
            assertRefused(ErrorCode.VALIDATION_ERROR, "config", () -> held.startWatchdog(null));
            assertRefused(ErrorCode.VALIDATION_ERROR, "between 200 ms", () -> every(Duration.ofMillis(199)));
            assertRefused(
                    ErrorCode.VALIDATION_ERROR,
                    "half the TTL",
                    () -> held.startWatchdog(every(Cluster.TTL.dividedBy(2).plusMillis(1))));
            WatchdogConfig brief =
                    every(SECOND).toBuilder().extendBy(Duration.ofMillis(1_900)).build();
            assertRefused(ErrorCode.VALIDATION_ERROR, "extendBy", () -> held.startWatchdog(brief));
            assertThat(held.watchdog()).isEmpty();
            WatchdogConfig justEnough =
                    brief.toBuilder().extendBy(Duration.ofMillis(1_901)).build();
            assertThat(held.startWatchdog(justEnough).status().running()).isTrue();
        }
    }

    @Nested
    class Riding {

        @Test
        void makesTheSessionRenewAsOftenAsTheShortestIntervalAsks() {
            List<LockHandle> all = List.of(a.take(), other("second"), other("third"));
            assertThat(renewalsIn(SECOND.multipliedBy(36))).isBetween(9L, 11L);
            for (int i = 0; i < all.size(); i++) {
                all.get(i).startWatchdog(every(SECOND.multipliedBy(i + 1)));
            }
            assertThat(renewalsIn(SECOND.multipliedBy(36)))
                    .as("one renewal for all")
                    .isBetween(36L, 41L);
            all.get(0).watchdog().orElseThrow().stop();
            assertThat(renewalsIn(SECOND.multipliedBy(36))).isBetween(18L, 22L);
            all.forEach(LockHandle::close);
            LockHandle plain = a.take();
            cluster.time.advance(SECOND);
            assertThat(renewalsIn(SECOND.multipliedBy(36))).as("as before").isBetween(9L, 11L);
            plain.close();
        }

        @Test
        void neverMakesItRenewMoreOftenThanEvery200Millis() {
            LockHandle held = a.take();
            held.startWatchdog(told.terms().interval(Duration.ofMillis(200)).build());
            assertThat(renewalsIn(SECOND.multipliedBy(20))).isBetween(99L, 100L);
            assertThat(told.successes).isBetween(98, 100);
            assertThat(told.failures).isEmpty();
            held.close();
        }

        /** With a single failure allowed, each look must wait for the answer to what was sent just before it. */
        @Test
        void aLookWaitsForAnAnswerThatIsUnderWay() {
            LockHandle held = a.take();
            a.store.onEvery(StoreCall.Renewal.class).delayAnswer(Duration.ofMillis(300));
            held.startWatchdog(told.terms().interval(SECOND).maxFailures(1).build());
            cluster.time.advance(SECOND.multipliedBy(100));
            assertThat(held.isHeld()).isTrue();
            assertThat(told.failures).isEmpty();
            assertThat(told.successes).isBetween(99, 100);
            held.close();
        }

        @Test
        void aRenewalThatWasSentBeforeTheLastLookDoesNotCount() {
            LockHandle held = a.take();
            var late = a.store.onNext(StoreCall.Renewal.class).holdAnswer();
            held.startWatchdog(told.terms()
                    .interval(Duration.ofMillis(400))
                    .maxFailures(10)
                    .build());
            cluster.time.advance(Duration.ofMillis(799));
            assertThat(told.failures).as("the first look waits").isEmpty();
            cluster.time.advance(Duration.ofMillis(1));
            assertThat(told.failures)
                    .as("until the second, which cannot hope for that renewal")
                    .hasSize(2);
            var next = a.store.onEvery(StoreCall.Renewal.class).holdAnswer();
            late.release();
            cluster.time.advance(Duration.ofMillis(400));
            assertThat(told.successes).isZero();
            next.release();
            assertThat(told.successes).isEqualTo(1);
            held.close();
        }

        @Test
        void followsTheLockToALeaseOfAnotherTtl() {
            LockHandle held = a.take();
            held.startWatchdog(told.terms().interval(SECOND).maxFailures(1).build());
            held.renew(Duration.ofSeconds(30));
            long renewals = renewalsIn(SECOND.multipliedBy(10));
            assertThat(renewals).isBetween(10L, 16L);
            assertThat(told.successes).isBetween(9, 10);
            held.renew(Cluster.TTL);
            cluster.time.advance(SECOND.multipliedBy(60));
            assertThat(held.isHeld()).isTrue();
            assertThat(told.failures).isEmpty();
            held.close();
            LockHandle plain =
                    a.take(Node.OPTIONS.toBuilder().ttl(Duration.ofSeconds(30)).build());
            assertThat(renewalsIn(SECOND.multipliedBy(60)))
                    .as("it left nothing behind")
                    .isLessThan(13);
            plain.close();
            cluster.time.advance(SECOND.multipliedBy(30)); // what the longer session lives without a lock
        }
    }

    @Nested
    class Stopping {

        private final LockHandle held = a.take();
        private final List<LockLost> losses = losses(held);
        private final Watchdog watchdog =
                held.startWatchdog(told.terms().interval(SECOND).build());

        @Test
        void isDoneByUnlock() {
            held.unlock();
            assertStopped();
        }

        @Test
        void isDoneByClose() {
            held.close();
            assertStopped();
        }

        @Test
        void comesBeforeTheKeyIsReleased() {
            var release = a.store.onNextTxn(Sent::release).hold();
            held.close();
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            release.release();
        }

        private void assertStopped() {
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            assertThat(watchdog.status().nextExtendTime()).isEmpty();
            assertThat(held.watchdog()).containsSame(watchdog);
            cluster.time.advance(Cluster.TTL);
            assertThat(told.successes).isZero();
            assertThat(losses).isEmpty();
            assertThat(a.locks.watchdogs().stats().active()).isZero();
        }

        @Test
        void twiceIsOnce() {
            watchdog.stop();
            watchdog.close();
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            held.close();
        }

        @Test
        void endsItsCallsAtOnce() {
            a.defersCallbacks = true;
            cluster.time.advance(SECOND);
            watchdog.stop();
            a.runCallbacks();
            assertThat(told.successes).isZero();
            a.defersCallbacks = false;
            held.close();
        }

        @Test
        void mayBeDoneInACallback() {
            watchdog.stop();
            Watchdog[] self = new Watchdog[1];
            self[0] = held.startWatchdog(WatchdogConfig.builder()
                    .interval(SECOND)
                    .onSuccess(() -> self[0].stop())
                    .build());
            cluster.time.advance(SECOND.multipliedBy(3));
            assertThat(self[0].status().extendCount()).isEqualTo(1);
            assertThat(self[0].status().running()).isFalse();
            held.close();
        }

        @Test
        void atTheEndOfTheCoordinatorIsALoss() {
            a.close().join();
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.LOST);
            assertThat(told.last().code()).isEqualTo(ErrorCode.LOCK_LOST);
            assertThat(b.tryOnce()).hasValueSatisfying(LockHandle::close);
        }
    }
}

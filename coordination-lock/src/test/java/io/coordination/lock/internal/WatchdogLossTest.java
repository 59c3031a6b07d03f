package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.lock.watchdog.WatchdogStatus;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Looks that fail, holds that a watchdog ends, and watchdogs whose lock is gone. */
class WatchdogLossTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final WatchdogRecord told = new WatchdogRecord();
    private final LockHandle held = a.take();
    private final LockHandle neighbour =
            a.locks.tryAcquire("neighbour", Cluster.TTL).orElseThrow();
    private final List<LockLost> losses = losses(held);

    @AfterEach
    void nothingStays() {
        neighbour.close();
        cluster.assertNothingStays();
    }

    private FaultRule loseRenewals() {
        return a.store.onEvery(StoreCall.Renewal.class).loseRequest();
    }

    private void assertLost(Watchdog watchdog, LockLostReason reason) {
        assertThat(losses).singleElement().extracting(LockLost::reason).isEqualTo(reason);
        assertThat(held.isHeld()).isFalse();
        assertThat(held.remaining()).isZero();
        assertThat(held.unlock()).isFalse();
        assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.LOST);
        assertThat(watchdog.status().lastError()).containsInstanceOf(LockLostException.class);
        assertThat(told.last())
                .isInstanceOfSatisfying(
                        LockLostException.class,
                        e -> assertThat(e.lost())
                                .hasValueSatisfying(
                                        loss -> assertThat(loss.reason()).isEqualTo(reason)));
        int heard = told.failures.size();
        cluster.time.advance(Cluster.TTL);
        assertThat(told.failures).as("that was the last call").hasSize(heard);
    }

    @Nested
    class Failures {

        @Test
        void inARowGiveTheLockUpAlthoughTheSessionLives() {
            CompletableFuture<LockHandle> waiting = b.ask();
            Watchdog watchdog = held.startWatchdog(
                    told.terms().interval(SECOND).maxFailures(3).build());
            FaultRule outage = loseRenewals();
            cluster.time.advance(Duration.ofMillis(2_900));
            assertThat(held.isHeld()).isTrue();
            assertThat(watchdog.status().consecutiveFailures()).isEqualTo(2);
            cluster.time.advance(Duration.ofMillis(100));
            assertThat(held.isHeld()).isFalse();
            assertThat(waiting).as("the key is released").isCompleted();
            outage.end();
            assertThat(watchdog.status().failureCount()).isEqualTo(3);
            assertThat(told.failures.subList(0, 3))
                    .allMatch(error -> error.code() == ErrorCode.TIMEOUT_ERROR && error.retryable());
            assertThat(losses.get(0).cause()).containsSame(told.failures.get(2));
            assertLost(watchdog, LockLostReason.WATCHDOG);
            assertThat(neighbour.isHeld()).isTrue();
            waiting.join().close();
        }

        @Test
        void withSuccessesBetweenThemDoNot() {
            Watchdog watchdog = held.startWatchdog(
                    told.terms().interval(SECOND).maxFailures(2).build());
            for (int round = 0; round < 10; round++) {
                FaultRule outage = loseRenewals();
                cluster.time.advance(SECOND);
                outage.end();
                assertThat(watchdog.status().consecutiveFailures()).isLessThanOrEqualTo(1);
                cluster.time.advance(SECOND);
                assertThat(watchdog.status().consecutiveFailures()).isZero();
            }
            assertThat(watchdog.status().failureCount()).isPositive();
            assertThat(watchdog.status().lastError()).isPresent();
            assertThat(held.isHeld()).isTrue();
            held.close();
        }

        @Test
        void handTheLockToALocalRequestUnderANewKey() {
            CompletableFuture<LockHandle> next = a.ask();
            held.startWatchdog(told.terms().interval(SECOND).maxFailures(1).build());
            FaultRule outage = loseRenewals();
            cluster.time.advance(SECOND);
            outage.end();
            assertThat(losses).hasSize(1);
            assertThat(Node.granted(next).fencingToken() >> 16)
                    .as("a new key: the holder may still be at work under the old one")
                    .isGreaterThan(held.fencingToken() >> 16);
            next.join().close();
        }

        @Test
        void doNotOutlastTheLease() {
            Watchdog watchdog = held.startWatchdog(
                    told.terms().interval(SECOND).maxFailures(1_000).build());
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL);
            a.store.reconnect();
            assertLost(watchdog, LockLostReason.EXPIRED);
        }
    }

    @Nested
    class NotMine {

        private final Watchdog watchdog =
                held.startWatchdog(told.terms().interval(SECOND).build());

        @Test
        void isTheEndAtOnceWhenTheKeyIsDeleted() {
            cluster.time.advance(SECOND);
            cluster.delete(cluster.first().key());
            assertLost(watchdog, LockLostReason.FORCED);
            assertThat(neighbour.isHeld()).isTrue();
            long before = a.store.calls().stream()
                    .filter(StoreCall.Renewal.class::isInstance)
                    .count();
            cluster.time.advance(Cluster.TTL.multipliedBy(2));
            long after = a.store.calls().stream()
                    .filter(StoreCall.Renewal.class::isInstance)
                    .count();
            assertThat(after - before).as("the session has its own pace again").isLessThan(8);
        }

        @Test
        void isTheEndAtOnceWhenTheLeaseIsGone() {
            a.store.watches().cut();
            a.store.dropLeases().join();
            cluster.time.advance(SECOND);
            a.store.watches().resume();
            assertLost(watchdog, LockLostReason.SESSION);
        }
    }

    /** The time that a watchdog prolongs a hold by. */
    @Nested
    class ExtendBy {

        private static final Duration FIVE = Duration.ofSeconds(5);

        @Test
        void endsTheHoldOfAWatchdogThatWasStopped() {
            Watchdog watchdog = held.startWatchdog(
                    told.terms().interval(SECOND).extendBy(FIVE).build());
            cluster.time.advance(Duration.ofSeconds(60));
            assertThat(held.remaining()).isBetween(Duration.ofMillis(3_900), FIVE);
            watchdog.stop();
            Duration left = held.remaining();
            assertThat(left).isBetween(Duration.ofMillis(3_900), FIVE);
            cluster.time.advance(left.minusNanos(1));
            assertThat(held.isHeld()).isTrue();
            cluster.time.advance(Duration.ofNanos(1));
            assertThat(held.isHeld()).isFalse();
            cluster.moment();
            assertThat(losses).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.WATCHDOG);
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            assertThat(cluster.queue()).isEmpty();
            assertThat(neighbour.isHeld()).isTrue();
        }

        @Test
        void isMovedByAnotherWatchdog() {
            held.startWatchdog(told.terms().interval(SECOND).extendBy(FIVE).build())
                    .stop();
            cluster.time.advance(SECOND.multipliedBy(4));
            held.startWatchdog(told.terms().interval(SECOND).extendBy(FIVE).build());
            cluster.time.advance(SECOND.multipliedBy(60));
            assertThat(held.isHeld()).isTrue();
            held.close();
        }

        @Test
        void isMovedByARenewalThatTheUserAsksFor() {
            held.startWatchdog(told.terms().interval(SECOND).extendBy(FIVE).build())
                    .stop();
            for (int i = 0; i < 10; i++) {
                cluster.time.advance(SECOND.multipliedBy(4));
                held.renew();
                assertThat(held.remaining()).isEqualTo(FIVE);
            }
            cluster.time.advance(FIVE);
            cluster.moment();
            assertThat(losses).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.WATCHDOG);
        }

        /** The renewal in the middle between two looks counts when it is acknowledged, not at the next look. */
        @Test
        void countsFromTheLastAcknowledgedRenewalAlsoBetweenTwoLooks() {
            held.startWatchdog(told.terms()
                    .interval(Duration.ofMillis(5_500))
                    .extendBy(Duration.ofMillis(6_500))
                    .maxFailures(1)
                    .build());
            for (int i = 0; i < 600; i++) {
                cluster.time.advance(SECOND);
                assertThat(held.isHeld()).isTrue();
            }
            held.close();
        }

        @Test
        void thatHasPassedIsFinal() {
            held.startWatchdog(told.terms()
                    .interval(SECOND)
                    .extendBy(Duration.ofSeconds(2))
                    .maxFailures(100)
                    .build());
            var late = a.store.onEvery(StoreCall.Renewal.class).holdAnswer();
            cluster.time.advance(Duration.ofMillis(2_500));
            late.release();
            assertThat(held.isHeld()).isFalse();
            assertThat(losses).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.WATCHDOG);
        }
    }

    @Nested
    class MaxHold {

        private final LockOptions limited =
                Node.OPTIONS.toBuilder().maxHold(Duration.ofSeconds(30)).build();

        private LockHandle other(LockOptions options) {
            return a.locks.acquireAsync("limited", options).join();
        }

        @Test
        void endsTheHoldWhateverRenewsIt() {
            LockHandle stuck =
                    other(limited.toBuilder().watchdog(told.terms().build()).build());
            List<LockLost> ends = losses(stuck);
            assertThat(cluster.queue("limited")).hasSize(1);
            cluster.time.advance(Duration.ofSeconds(25));
            stuck.renew();
            assertThat(stuck.remaining()).isEqualTo(Duration.ofSeconds(5));
            cluster.time.advance(Duration.ofSeconds(5).minusNanos(1));
            assertThat(stuck.isHeld()).isTrue();
            cluster.time.advance(Duration.ofNanos(1));
            assertThat(stuck.isHeld()).isFalse();
            cluster.moment();
            assertThat(ends).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.MAX_HOLD);
            assertThat(stuck.watchdog().orElseThrow().status().state()).isEqualTo(WatchdogStatus.State.LOST);
            assertThat(cluster.queue("limited")).isEmpty();
            assertThat(neighbour.isHeld()).isTrue();
            held.close();
        }

        @Test
        void countsFromTheGrant() {
            LockHandle first = other(Node.OPTIONS);
            CompletableFuture<LockHandle> waiting = a.locks.acquireAsync("limited", limited);
            cluster.time.advance(Duration.ofMinutes(10));
            first.close();
            cluster.time.advance(Duration.ofSeconds(29));
            assertThat(Node.granted(waiting).remaining()).isEqualTo(SECOND);
            waiting.join().close();
            held.close();
        }

        @Test
        void isOfNoMeaningAfterTheRelease() {
            LockHandle brief = other(limited);
            List<LockLost> ends = losses(brief);
            brief.close();
            cluster.time.advance(Duration.ofMinutes(1));
            assertThat(ends).isEmpty();
            held.close();
        }

        @Test
        void endsAFixedTtlTooWhenThatIsLonger() {
            LockHandle fixed = other(
                    limited.toBuilder().ttl(Duration.ofSeconds(60)).fixedTtl().build());
            List<LockLost> ends = losses(fixed);
            cluster.time.advance(Duration.ofSeconds(30));
            assertThat(fixed.isHeld()).isFalse();
            assertThat(ends).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.MAX_HOLD);
            assertThat(cluster.queue("limited")).isEmpty();
            held.close();
        }
    }

    @Test
    void aCallbackThatThrowsStopsNothing() {
        Watchdog watchdog = held.startWatchdog(WatchdogConfig.builder()
                .interval(SECOND)
                .onSuccess(() -> {
                    throw new IllegalStateException("because a test wants it so");
                })
                .build());
        cluster.time.advance(SECOND.multipliedBy(5));
        assertThat(watchdog.status().extendCount()).isEqualTo(5);
        held.close();
    }
}

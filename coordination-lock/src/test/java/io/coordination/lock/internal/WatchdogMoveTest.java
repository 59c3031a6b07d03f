package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.lock.watchdog.WatchdogStatus;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Watchdogs that start with the grant, or move their lock to another lease. */
class WatchdogMoveTest {

    private static final LockOptions FIXED = Node.OPTIONS.toBuilder().fixedTtl().build();
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final WatchdogConfig GUIDE = WatchdogConfig.builder()
            .interval(Duration.ofSeconds(5))
            .extendBy(MINUTE)
            .maxFailures(5)
            .build();

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final WatchdogRecord told = new WatchdogRecord();

    @AfterEach
    void nothingStays() {
        a.store.reconnect();
        cluster.time.advance(MINUTE); // the longest TTL here
        cluster.assertNothingStays();
    }

    private static LockOptions with(WatchdogConfig config) {
        return Node.OPTIONS.toBuilder().watchdog(config).build();
    }

    private static void assertTimesOut(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR));
    }

    @Nested
    class LongerThanTheTtl {

        @Test
        void movesTheLockToALongerLease() {
            LockHandle held = a.take();
            long token = held.fencingToken();
            long lease = cluster.first().lease();
            Watchdog watchdog = held.startWatchdog(GUIDE);
            assertThat(cluster.first().lease()).isNotEqualTo(lease);
            assertThat(held.ttl()).isEqualTo(MINUTE);
            assertThat(held.fencingToken()).isEqualTo(token);
            assertThat(watchdog.status().interval()).isEqualTo(Duration.ofSeconds(5));
            cluster.time.advance(MINUTE.multipliedBy(5));
            assertThat(watchdog.status().extendCount()).isEqualTo(60);
            held.close();
        }

        @Test
        void survivesAnOutageOfThatLengthIfSoManyFailuresAreAllowed() {
            LockHandle held = a.take();
            held.startWatchdog(GUIDE.toBuilder().maxFailures(100).build());
            a.store.disconnect();
            cluster.time.advance(Duration.ofSeconds(50));
            assertThat(held.isHeld()).isTrue();
            a.store.reconnect();
            cluster.time.advance(MINUTE);
            assertThat(held.isHeld()).isTrue();
            held.close();
        }

        @Test
        void givesTheLockUpAfterSoManyFailures() {
            LockHandle held = a.take();
            List<LockLost> losses = losses(held);
            held.startWatchdog(GUIDE);
            a.store.disconnect();
            cluster.time.advance(Duration.ofMillis(24_900));
            assertThat(held.isHeld()).isTrue();
            cluster.time.advance(Duration.ofMillis(100));
            assertThat(losses).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.WATCHDOG);
        }

        @Test
        void withoutAnAnswerStartsNothing() {
            LockHandle held = a.take();
            FaultRule lost = a.store.onEveryTxn(Sent::rebind).loseRequest();
            assertTimesOut(() -> held.startWatchdog(GUIDE));
            assertThat(held.watchdog().orElseThrow().status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            assertThat(a.locks.watchdogs().find(Cluster.LOCK)).isEmpty();
            lost.end();
            cluster.time.advance(MINUTE.multipliedBy(3));
            assertThat(held.isHeld()).as("it renews itself as before").isTrue();
            held.close();
        }
    }

    @Nested
    class AtTheGrant {

        @Test
        void startsWithTheLock() {
            LockHandle held = a.take(with(told.terms().build()));
            assertThat(held.watchdog().orElseThrow().status().running()).isTrue();
            cluster.time.advance(Cluster.TTL.multipliedBy(10));
            assertThat(held.isHeld()).isTrue();
            assertThat(told.successes).isEqualTo(30);
            held.close();
        }

        @Test
        void isNewUntilTheLockWasMoved() {
            HeldCalls rebind = a.store.onNextTxn(Sent::rebind).hold();
            LockHandle held = a.take(with(GUIDE));
            Watchdog watchdog = held.watchdog().orElseThrow();
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.NEW);
            assertThat(watchdog.status().nextExtendTime()).isEmpty();
            rebind.release();
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.RUNNING);
            assertThat(held.ttl()).isEqualTo(MINUTE);
            held.close();
        }

        @Test
        void ofAGrantThatNobodyWantedLeavesNothing() {
            LockHandle held = b.take();
            var asked = a.ask(with(told.terms().build()));
            asked.cancel(false);
            held.close();
            assertThat(a.locks.watchdogs().stats().active()).isZero();
        }

        @Test
        void releasedMeanwhileStopsIt() {
            HeldCalls rebind = a.store.onNextTxn(Sent::rebind).hold();
            LockHandle held = a.take(with(GUIDE));
            held.close();
            rebind.release();
            assertThat(held.watchdog().orElseThrow().status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            assertThat(cluster.queue()).isEmpty();
            assertThat(a.locks.watchdogs().stats().active()).isZero();
        }

        @Test
        void beginsOnThePresentLeaseWhenTheMoveIsNotAnswered() {
            a.store.onNextTxn(Sent::rebind).loseRequest();
            LockHandle held = a.take(with(GUIDE));
            Watchdog watchdog = held.watchdog().orElseThrow();
            assertThat(watchdog.status().running()).isTrue();
            assertThat(held.ttl()).isEqualTo(Cluster.TTL);
            cluster.moment();
            assertThat(held.ttl()).as("it follows").isEqualTo(MINUTE);
            cluster.time.advance(MINUTE.multipliedBy(3));
            assertThat(held.isHeld()).isTrue();
            assertThat(watchdog.status().failureCount()).isZero();
            held.close();
        }
    }

    /** A lock with a fixed TTL becomes one that is renewed, for as long as its watchdog prolongs it. */
    @Nested
    class OfAFixedTtl {

        private final LockHandle fixed = a.take(FIXED);
        private final List<LockLost> losses = losses(fixed);
        private final long lease = cluster.first().lease();

        @Test
        void movesItToASharedLeaseThatIsRenewed() {
            LockHandle neighbour = a.locks.tryAcquire("neighbour", Cluster.TTL).orElseThrow();
            long shared = cluster.queue("neighbour").get(0).lease();
            fixed.startWatchdog(told.terms().build());
            assertThat(cluster.first().lease()).isEqualTo(shared);
            assertThat(a.store.leases()).as("its own is revoked").containsExactly(shared);
            cluster.time.advance(Cluster.TTL.multipliedBy(10));
            assertThat(fixed.isHeld()).isTrue();
            assertThat(told.successes).isEqualTo(30);
            fixed.close();
            neighbour.close();
        }

        @Test
        void endsWhenTheWatchdogIsStopped() {
            fixed.startWatchdog(told.terms()
                    .extendBy(Duration.ofSeconds(8))
                    .interval(SECOND)
                    .build());
            cluster.time.advance(MINUTE);
            fixed.watchdog().orElseThrow().stop();
            cluster.time.advance(Duration.ofSeconds(6));
            assertThat(fixed.isHeld()).isTrue();
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(fixed.isHeld()).isFalse();
            assertThat(losses).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.WATCHDOG);
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void worksWithATimeBelowTheShortestTtl() {
            fixed.startWatchdog(told.terms()
                    .interval(Duration.ofMillis(300))
                    .extendBy(Duration.ofMillis(1_500))
                    .build());
            assertThat(fixed.ttl()).isEqualTo(Duration.ofSeconds(2));
            cluster.time.advance(MINUTE);
            assertThat(fixed.remaining()).isBetween(Duration.ofMillis(1_100), Duration.ofMillis(1_500));
            fixed.close();
        }

        @Test
        void theCloseOfTheCoordinatorReleasesItThenAndLeavesOthersAlone() {
            fixed.startWatchdog(told.terms().build());
            LockHandle neighbour = a.locks.tryAcquire("neighbour", Cluster.TTL).orElseThrow();
            a.locks.closeAsync().join();
            assertThat(cluster.queue()).isEmpty();
            assertThat(neighbour.isHeld()).isFalse();
            assertThat(a.sessions.closeAsync()).isCompleted();
            assertThat(a.store.leases()).as("revoked, not left to run out").isEmpty();
        }

        @Test
        void whoseMoveIsNotAnsweredEndsAllTheSame() {
            FaultRule lost = a.store.onEveryTxn(Sent::rebind).loseAnswer();
            assertTimesOut(() -> fixed.startWatchdog(told.terms().build()));
            assertThat(cluster.first().lease()).isNotEqualTo(lease);
            lost.end();
            cluster.time.advance(Cluster.TTL.minusSeconds(2));
            assertThat(fixed.isHeld()).isTrue();
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(fixed.isHeld()).isFalse();
            cluster.moment();
            assertThat(losses).hasSize(1);
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void whoseMoveCannotBeginKeepsItsTtl() {
            a.store.onEvery(StoreCall.Grant.class).loseRequest();
            assertTimesOut(() -> fixed.startWatchdog(told.terms()
                    .interval(SECOND)
                    .extendBy(Duration.ofSeconds(5))
                    .build()));
            assertThat(cluster.first().lease()).isEqualTo(lease);
            assertThat(fixed.remaining()).isGreaterThan(Duration.ofSeconds(10));
            cluster.time.advance(Duration.ofSeconds(10));
            assertThat(fixed.isHeld()).isTrue();
            fixed.close();
        }

        @Test
        void isRenewedWithAnotherTtlOnASharedLeaseAfterwards() {
            fixed.startWatchdog(told.terms().interval(SECOND).build());
            fixed.renew(MINUTE);
            cluster.time.advance(MINUTE.multipliedBy(3));
            assertThat(fixed.isHeld()).isTrue();
            fixed.close();
        }

        @Test
        void isHandedOverLocallyAfterwards() {
            fixed.startWatchdog(told.terms().build());
            var next = a.ask();
            fixed.close();
            long place = Tokens.of(cluster.first().createRevision(), 0);
            assertThat(Node.granted(next).fencingToken()).isGreaterThan(place).isLessThan(place + 0xFFFF);
            next.join().close();
        }
    }
}

package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.watchdog.RenewalSchedule;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.lock.watchdog.WatchdogManager;
import io.coordination.lock.watchdog.WatchdogStats;
import io.coordination.lock.watchdog.WatchdogStatus;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All watchdogs of a coordinator, and intervals that adapt themselves. */
class WatchdogsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final WatchdogManager manager = a.locks.watchdogs();
    private final WatchdogRecord told = new WatchdogRecord();

    private LockHandle take(String name) {
        return a.locks.tryAcquire(name, Cluster.TTL).orElseThrow();
    }

    @Nested
    class Counting {

        @Test
        void beginsWithNothing() {
            assertThat(manager.stats()).isEqualTo(new WatchdogStats(0, 0, 0, 0, Duration.ZERO));
        }

        @Test
        void survivesTheEndOfWatchdogs() {
            a.store.onEvery(StoreCall.Renewal.class).delayAnswer(Duration.ofMillis(20));
            LockHandle first = take("first");
            LockHandle second = take("second");
            first.startWatchdog(told.terms().interval(SECOND).build());
            second.startWatchdog(told.terms().interval(SECOND.multipliedBy(2)).build());
            assertThat(manager.stats().active()).isEqualTo(2);
            cluster.time.advance(Duration.ofMillis(10_500));
            first.close();
            assertThat(manager.stats().active()).isEqualTo(1);
            var outage = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
            cluster.time.advance(Duration.ofMillis(3_500));
            outage.end();
            second.close();
            WatchdogStats stats = manager.stats();
            assertThat(stats.active()).isZero();
            assertThat(stats.successful()).isEqualTo(told.successes).isBetween(15L, 16L);
            assertThat(stats.failed()).isEqualTo(told.failures.size()).isBetween(1L, 2L);
            assertThat(stats.total()).isEqualTo(stats.successful() + stats.failed());
            assertThat(stats.averageExtendTime()).isEqualTo(Duration.ofMillis(20));
        }

        @Test
        void isApartForEachModule() {
            QueueLocks module = a.locks.ofModule(a.env.ofModule("billing", a.env.log()));
            LockHandle held = module.tryAcquire("first", Cluster.TTL).orElseThrow();
            held.startWatchdog(WatchdogConfig.defaults());
            assertThat(module.watchdogs().stats().active()).isEqualTo(1);
            assertThat(manager.stats().active()).isZero();
            assertThat(manager.find("first")).isEmpty();
            held.close();
        }
    }

    @Nested
    class Finding {

        @Test
        void answersTheWatchdogOfALockWhileItRuns() {
            LockHandle held = take("first");
            assertThat(manager.find("first")).isEmpty();
            Watchdog watchdog = held.startWatchdog(WatchdogConfig.defaults());
            assertThat(manager.find("first")).containsSame(watchdog);
            assertThat(manager.find("second")).isEmpty();
            watchdog.stop();
            assertThat(manager.find("first")).isEmpty();
            held.close();
        }

        @Test
        void refusesABadName() {
            assertThatThrownBy(() -> manager.find(" "))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR));
        }
    }

    @Test
    void stopAllStopsAll() {
        List<LockHandle> held = IntStream.range(0, 5)
                .mapToObj(i -> take("lock-" + i))
                .peek(handle -> handle.startWatchdog(WatchdogConfig.defaults()))
                .toList();
        manager.stopAll();
        assertThat(held)
                .allMatch(handle -> !handle.watchdog().orElseThrow().status().running());
        assertThat(held).as("until the time passes that they were prolonged by").allMatch(LockHandle::isHeld);
        assertThat(manager.stats().active()).isZero();
        cluster.time.advance(Cluster.TTL);
        cluster.moment();
        assertThat(held).noneMatch(LockHandle::isHeld);
    }

    @Test
    void manyOfThemShareOneTimerAndTheRenewalsOfTheirSessions() {
        LockHandle plain = take("plain");
        int timers = cluster.time.pendingTasks();
        List<LockHandle> held =
                IntStream.range(0, 900).mapToObj(i -> take("lock-" + i)).toList();
        cluster.time.advance(SECOND); // until they have looked after their keys
        int without = cluster.time.pendingTasks();
        held.forEach(handle -> handle.startWatchdog(WatchdogConfig.defaults()));
        assertThat(cluster.time.pendingTasks()).isEqualTo(without + 1);
        assertThat(timers).isPositive();
        cluster.time.advance(Cluster.TTL);
        assertThat(manager.stats().successful()).isEqualTo(2_700);
        held.forEach(LockHandle::close);
        plain.close();
    }

    @Nested
    class AdaptingIntervals {

        private final LockHandle held = take(Cluster.LOCK);

        private Watchdog start(WatchdogConfig.Builder terms) {
            return held.startWatchdog(terms.interval(SECOND).build());
        }

        @Test
        void followTheirStrategy() {
            List<Duration> seen = new ArrayList<>();
            Watchdog watchdog = start(told.terms().schedule((status, ttl) -> {
                seen.add(ttl);
                return status.interval().plusMillis(500);
            }));
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(watchdog.status().interval()).isEqualTo(Duration.ofMillis(1_500));
            cluster.time.advance(Duration.ofSeconds(6));
            assertThat(watchdog.status().extendCount()).isEqualTo(4);
            assertThat(seen).hasSize(4).containsOnly(Cluster.TTL);
            held.close();
        }

        @Test
        void changeThePaceOfTheSession() {
            start(told.terms().schedule((status, ttl) -> Duration.ofMillis(250)));
            cluster.time.advance(SECOND);
            long before = renewals();
            cluster.time.advance(SECOND.multipliedBy(10));
            assertThat(renewals() - before).isBetween(40L, 50L);
            held.close();
        }

        private long renewals() {
            return a.store.calls().stream()
                    .filter(StoreCall.Renewal.class::isInstance)
                    .count();
        }

        @Test
        void stayBetween200MillisAndHalfTheTtl() {
            Watchdog watchdog = start(told.terms()
                    .schedule(
                            (status, ttl) -> status.extendCount() % 2 == 1 ? Duration.ofDays(900_000) : Duration.ZERO));
            cluster.time.advance(SECOND);
            assertThat(watchdog.status().interval()).isEqualTo(Cluster.TTL.dividedBy(2));
            cluster.time.advance(Cluster.TTL.dividedBy(2));
            assertThat(watchdog.status().interval()).isEqualTo(Duration.ofMillis(200));
            held.close();
        }

        @Test
        void keepTheLastOneWhileTheStrategyHasNotAnswered() {
            Watchdog watchdog = start(told.terms().schedule((status, ttl) -> SECOND.multipliedBy(2)));
            a.defersCallbacks = true;
            cluster.time.advance(SECOND.multipliedBy(4));
            assertThat(watchdog.status().extendCount()).isEqualTo(4);
            a.defersCallbacks = false;
            a.runCallbacks();
            assertThat(watchdog.status().interval()).isEqualTo(SECOND.multipliedBy(2));
            held.close();
        }

        @Test
        void endTheWatchdogWhenTheStrategyFails() {
            Watchdog watchdog = start(told.terms().schedule((status, ttl) -> {
                throw new IllegalStateException("because a test wants it so");
            }));
            cluster.time.advance(SECOND);
            assertStoppedByItsStrategy(watchdog);
        }

        @Test
        @SuppressWarnings("NullAway") // what happens to null is the question here
        void endTheWatchdogWhenTheStrategyHasNoAnswer() {
            Watchdog watchdog = start(told.terms().schedule((status, ttl) -> null));
            cluster.time.advance(SECOND);
            assertStoppedByItsStrategy(watchdog);
        }

        private void assertStoppedByItsStrategy(Watchdog watchdog) {
            assertThat(watchdog.status().state()).isEqualTo(WatchdogStatus.State.STOPPED);
            assertThat(watchdog.status().lastError()).containsSame(told.last());
            assertThat(told.last().code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(told.last()).hasMessageContaining("schedule");
            cluster.time.advance(Cluster.TTL);
            cluster.moment();
            assertThat(held.isHeld())
                    .as("the hold ends with the time that it was prolonged by")
                    .isFalse();
        }

        @Test
        void areFoundByTheStrategyOfTheSdk() {
            Watchdog watchdog = start(told.terms()
                    .maxFailures(10)
                    .schedule(RenewalSchedule.adaptive(Duration.ofMillis(400), Duration.ofSeconds(3))));
            cluster.time.advance(SECOND.multipliedBy(10));
            assertThat(watchdog.status().interval()).isEqualTo(Duration.ofSeconds(3));
            var outage = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
            cluster.time.advance(SECOND.multipliedBy(7));
            assertThat(watchdog.status().interval()).isEqualTo(Duration.ofMillis(400));
            outage.end();
            held.close();
        }
    }
}

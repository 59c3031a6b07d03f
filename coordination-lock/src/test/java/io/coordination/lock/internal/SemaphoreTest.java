package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Cluster.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.ConflictException;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.synchronizer.DistributedSemaphore;
import io.coordination.lock.synchronizer.Permits;
import io.coordination.store.KeyValue;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Permits that come and go, and what stays of them when answers, sessions and patience are lost. */
class SemaphoreTest {

    private static final HoldOptions OPTIONS = HoldOptions.ofTtl(TTL);

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final DistributedSemaphore atA = a.locks.semaphore(LOCK, 5);
    private final DistributedSemaphore atB = b.locks.semaphore(LOCK, 5);

    @AfterEach
    void nothingStays() {
        a.store.reconnect();
        b.store.reconnect();
        cluster.delete(cluster.keys.lockPrefix(LOCK) + "!limit");
        cluster.time.advance(HoldOptions.defaults().ttl());
        cluster.assertNothingStays();
    }

    private List<KeyValue> keys() {
        return cluster.queue().stream()
                .filter(entry -> !entry.key().endsWith("!limit"))
                .toList();
    }

    private static Permits granted(CompletableFuture<Permits> asked) {
        assertThat(asked).isCompleted();
        assertThat(asked.join().isHeld()).isTrue();
        return asked.join();
    }

    private static void assertFailed(CompletableFuture<?> asked, ErrorCode code) {
        assertThat(asked).isDone();
        assertThat(asked.handle((value, failure) -> failure).join())
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Permits take(DistributedSemaphore semaphore, int permits) {
        return granted(semaphore.acquireAsync(permits, OPTIONS));
    }

    @Nested
    class Sharing {

        @Test
        void isExact() {
            Permits two = take(atA, 2);
            Permits three = take(atB, 3);
            assertThat(atA.available()).isZero();
            assertThat(atB.tryAcquire(1)).isEmpty();
            CompletableFuture<Permits> waiting = atA.acquireAsync(1, OPTIONS);
            assertThat(waiting).isNotDone();
            assertThat(three.release()).isTrue();
            granted(waiting).close();
            two.close();
            assertThat(atB.available()).isEqualTo(5);
        }

        @Test
        void isInTheOrderOfTheRequests() {
            Permits four = take(atA, 4);
            CompletableFuture<Permits> large = atB.acquireAsync(3, OPTIONS);
            CompletableFuture<Permits> small = atA.acquireAsync(1, OPTIONS);
            assertThat(large).isNotDone();
            assertThat(small)
                    .as("one permit is left, but somebody waits before")
                    .isNotDone();
            assertThat(atA.available()).isZero();
            assertThat(atB.tryAcquire(1)).isEmpty();
            four.release();
            granted(large).close();
            granted(small).close();
        }

        @Test
        void givesChunksBack() {
            Permits five = take(atA, 5);
            CompletableFuture<Permits> two = atB.acquireAsync(2, OPTIONS);
            assertThat(five.release(1)).isTrue();
            assertThat(two).isNotDone();
            assertThat(five.release(1)).isTrue();
            Permits taken = granted(two);
            assertThat(five.count()).isEqualTo(3);
            assertThatThrownBy(() -> five.release(4))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                    .hasMessageContaining("permits is 4");
            assertThat(five.release(3)).isTrue();
            assertThat(five.count()).isZero();
            assertThat(five.release(1)).isFalse();
            assertThat(five.release()).isFalse();
            assertThat(atA.available()).isEqualTo(3);
            taken.close();
        }

        @Test
        void drains() {
            Permits two = take(atA, 2);
            Permits rest = atB.drain(OPTIONS).orElseThrow();
            assertThat(rest.count()).isEqualTo(3);
            assertThat(atA.drain(OPTIONS)).isEmpty();
            two.close();
            rest.close();
        }

        @Test
        void listsHoldersAndNotWhoWaits() {
            Permits two =
                    granted(atA.acquireAsync(2, OPTIONS.toBuilder().label("two").build()));
            Permits one = take(atB, 1);
            CompletableFuture<Permits> waiting = atB.acquireAsync(4, OPTIONS);
            assertThat(atA.holders()).hasSize(2).first().satisfies(holder -> {
                assertThat(holder.permits()).isEqualTo(2);
                assertThat(holder.label()).contains("two");
                assertThat(holder.node()).isNotEmpty();
            });
            assertThat(atA.holders().get(1).label()).isEmpty();
            waiting.cancel(false);
            two.close();
            one.close();
        }

        @Test
        void excludesALockOfTheSameName() {
            Permits one = take(atA, 1);
            assertThat(b.tryOnce()).isEmpty();
            one.close();
            var lock = b.tryOnce().orElseThrow();
            assertThat(atA.tryAcquire(1)).isEmpty();
            CompletableFuture<Permits> waiting = atA.acquireAsync(1, OPTIONS);
            assertThat(waiting).isNotDone();
            lock.close();
            granted(waiting).close();
        }
    }

    @Nested
    class Limits {

        @Test
        void mustBeNamedAlike() {
            take(atA, 1).close();
            DistributedSemaphore seven = b.locks.semaphore(LOCK, 7);
            assertThatThrownBy(() -> seven.tryAcquire(1))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("5")
                    .hasMessageContaining("7");
            assertThatThrownBy(seven::available).isInstanceOf(ConflictException.class);
            assertFailed(seven.acquireAsync(1, OPTIONS), ErrorCode.CONFLICT);
            assertThat(keys()).isEmpty();
        }

        @Test
        void areSetOnceHoweverManyBeginAtOnce() {
            HeldCalls first = a.store.onNextTxn(txn -> true).hold();
            CompletableFuture<Permits> asked = atA.acquireAsync(1, OPTIONS);
            take(atB, 1).close();
            first.release();
            granted(asked).close();
        }

        @Test
        void thatAreRaisedWakeWhoWaits() {
            Permits five = take(atA, 5);
            CompletableFuture<Permits> waiting = atB.acquireAsync(2, OPTIONS);
            atA.changeLimit(6);
            assertThat(waiting).isNotDone();
            atB.changeLimit(7);
            granted(waiting).close();
            five.close();
            assertThat(atA.limit()).isEqualTo(7);
            take(atA, 7).close();
        }

        @Test
        void thatAreLoweredTakeNothingAway() {
            Permits four = take(atA, 4);
            CompletableFuture<Permits> two = atB.acquireAsync(2, OPTIONS);
            CompletableFuture<Permits> three = atB.acquireAsync(3, OPTIONS);
            atA.changeLimit(2);
            assertThat(four.isHeld()).isTrue();
            assertThat(two).isNotDone();
            assertFailed(three, ErrorCode.VALIDATION_ERROR);
            assertThat(atA.available()).isZero();
            four.release();
            granted(two).close();
            assertThat(keys()).isEmpty();
        }

        @Test
        void thatSomebodyElseChangesAtTheSameTimeAreAConflict() {
            take(atA, 1).close();
            a.store.onNextTxn(txn -> true).runBefore(() -> atB.changeLimit(9));
            assertThatThrownBy(() -> atA.changeLimit(8))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("9")
                    .hasMessageContaining("8");
            assertThat(atA.limit()).isEqualTo(9);
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 6, 2_000_000_000})
        void refuseWhatCanNeverBe(int permits) {
            assertThatThrownBy(() -> atA.tryAcquire(permits))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                    .hasMessageContaining("permits is " + permits);
            assertFailed(atA.acquireAsync(permits, OPTIONS), ErrorCode.VALIDATION_ERROR);
            assertThat(keys()).isEmpty();
        }
    }

    @Nested
    class Ending {

        @Test
        void byTimeIsALoss() {
            Permits held = granted(atA.acquireAsync(
                    5, OPTIONS.toBuilder().maxHold(Duration.ofMinutes(5)).build()));
            List<LockLost> told = new ArrayList<>();
            held.lost().thenAccept(told::add);
            CompletableFuture<Permits> waiting = atB.acquireAsync(1, OPTIONS);
            cluster.time.advance(Duration.ofMinutes(5).minusMillis(1));
            assertThat(held.isHeld()).isTrue();
            assertThat(waiting).isNotDone();
            cluster.time.advance(Duration.ofMillis(1));
            assertThat(held.isHeld()).isFalse();
            assertThat(held.count()).isZero();
            assertThat(held.release()).isFalse();
            assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.MAX_HOLD);
            granted(waiting).close();
        }

        @Test
        void ofAFixedTtlComesByItself() {
            Permits held = granted(
                    atA.acquireAsync(5, OPTIONS.toBuilder().fixedTtl(true).build()));
            CompletableFuture<Permits> waiting = atB.acquireAsync(1, OPTIONS);
            a.close().join();
            assertThat(held.isHeld()).isFalse();
            assertThat(waiting).as("it outlives its process").isNotDone();
            cluster.time.advance(TTL.plusSeconds(1));
            granted(waiting).close();
        }

        @Test
        void ofAFixedTtlStartsAtTheGrant() {
            Permits before = take(atB, 5);
            CompletableFuture<Permits> waiting =
                    atA.acquireAsync(5, OPTIONS.toBuilder().fixedTtl(true).build());
            cluster.time.advance(TTL.multipliedBy(2));
            assertThat(waiting).isNotDone();
            before.close();
            Permits held = granted(waiting);
            assertThat(held.remaining()).isGreaterThan(TTL.dividedBy(2));
            cluster.time.advance(TTL);
            assertThat(held.isHeld()).isFalse();
        }

        @Test
        void ofTheSessionIsToldAndGivesThePermitsToOthers() {
            Permits held = take(atA, 5);
            CompletableFuture<Permits> waiting = atB.acquireAsync(1, OPTIONS);
            List<LockLost> told = new ArrayList<>();
            held.lost().thenAccept(told::add);
            a.store.disconnect();
            while (held.isHeld()) {
                cluster.time.advance(Duration.ofMillis(100));
                assertThat(waiting).isNotDone();
            }
            cluster.time.advance(TTL);
            granted(waiting).close();
            assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.EXPIRED);
        }

        @Test
        void byAnOperatorIsToldToo() {
            Permits held = take(atA, 2);
            cluster.time.advance(Duration.ofMillis(200));
            List<LockLost> told = new ArrayList<>();
            held.lost().thenAccept(told::add);
            cluster.delete(keys().get(0).key());
            assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.FORCED);
            assertThat(held.release(1)).isFalse();
        }

        @Test
        void byAnOperatorWhileItWaitsQueuesAgain() {
            Permits held = take(atA, 5);
            CompletableFuture<Permits> waiting = atB.acquireAsync(1, OPTIONS);
            cluster.delete(keys().get(1).key());
            assertThat(waiting).isNotDone();
            assertThat(keys()).hasSize(2);
            held.close();
            granted(waiting).close();
        }

        @Test
        void ofTheCoordinatorReturnsAll() {
            Permits held = take(atA, 3);
            CompletableFuture<Permits> waiting = atA.acquireAsync(5, OPTIONS);
            CompletableFuture<Permits> next = atB.acquireAsync(5, OPTIONS);
            List<LockLost> told = new ArrayList<>();
            held.lost().thenAccept(told::add);
            assertThat(a.close()).isCompleted();
            assertThat(held.isHeld()).isFalse();
            assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.CLOSED);
            assertFailed(waiting, ErrorCode.CLOSED);
            granted(next).close();
            assertThatThrownBy(() -> atA.tryAcquire(1)).isInstanceOf(CoordinationClosedException.class);
            assertFailed(atA.acquireAsync(1, OPTIONS), ErrorCode.CLOSED);
        }
    }

    @Nested
    class Leaving {

        private final Permits held = take(atB, 4);

        @AfterEach
        void nothingIsLeft() {
            cluster.moment();
            assertThat(keys()).hasSize(1);
            held.release();
            take(atB, 5).close();
        }

        @Test
        void byCancellation() {
            CompletableFuture<Permits> waiting = atA.acquireAsync(2, OPTIONS);
            CompletableFuture<Permits> small = atA.acquireAsync(1, OPTIONS);
            assertThat(small).isNotDone();
            waiting.cancel(false);
            granted(small).close();
        }

        @Test
        void byTime() {
            HoldOptions limited =
                    OPTIONS.toBuilder().waitTime(Duration.ofSeconds(20)).build();
            CompletableFuture<Permits> waiting = atA.acquireAsync(2, limited);
            CompletableFuture<Optional<Permits>> trying = atA.tryAcquireAsync(2, limited);
            cluster.time.advance(Duration.ofSeconds(20));
            assertFailed(waiting, ErrorCode.TIMEOUT_ERROR);
            assertThat(trying).isCompletedWithValue(Optional.empty());
        }

        @Test
        void byInterrupt() {
            Caller<Permits> waiting = Caller.of(() -> atA.acquire(2, OPTIONS));
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        }

        @Test
        void becauseNobodyWantsToWait() {
            assertThat(atA.tryAcquire(2)).isEmpty();
            assertThatThrownBy(() -> atA.acquire(
                            2, OPTIONS.toBuilder().waitTime(Duration.ZERO).build()))
                    .isInstanceOf(CoordinationTimeoutException.class)
                    .hasMessageContaining("waitTime");
            assertThat(cluster.queue()).hasSize(2);
        }

        @Test
        void whileTheSessionOpens() {
            HeldCalls grant = a.store.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Permits> waiting = atA.acquireAsync(1, OPTIONS);
            waiting.cancel(false);
            grant.release();
        }

        @Test
        void whileTheEnqueueIsUnderWay() {
            HeldCalls enqueue = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<Permits> waiting = atA.acquireAsync(1, OPTIONS);
            waiting.cancel(false);
            enqueue.release();
        }

        @Test
        void whenTheAnswerToTheEnqueueWasLost() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<Permits> waiting = atA.acquireAsync(1, OPTIONS);
            assertThat(keys()).hasSize(2);
            waiting.cancel(false);
        }

        @Test
        void beforeALateEnqueueArrives() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<Permits> waiting = atA.acquireAsync(1, OPTIONS);
            late.timeOut();
            waiting.cancel(false);
            cluster.moment();
            late.release();
        }
    }

    @Nested
    class LostAnswers {

        @Test
        void toAnEnqueueMakeOneKey() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<Permits> asked = atA.acquireAsync(2, OPTIONS);
            cluster.moment();
            assertThat(keys()).hasSize(1);
            granted(asked).close();
        }

        @Test
        void toATryMakeOneKey() {
            Permits one = take(atB, 1);
            a.store.onNextTxn(Sent::attempt).loseAnswer();
            CompletableFuture<Optional<Permits>> asked = atA.tryAcquireAsync(2, OPTIONS);
            cluster.moment();
            assertThat(keys()).hasSize(2);
            assertThat(asked).isCompletedWithValueMatching(Optional::isPresent);
            asked.join().orElseThrow().close();
            one.close();
        }

        @Test
        void toAReleaseAreNoFailure() {
            Permits held = take(atA, 2);
            a.store.onNextTxn(Sent::release).loseAnswer();
            Caller<Boolean> release = Caller.of(held::release);
            cluster.moment();
            assertThat(release.result()).isTrue();
        }

        @Test
        void toAChunkDoNotTakeItTwice() {
            Permits held = take(atA, 4);
            a.store.onNextTxn(Sent::rewrite).loseAnswer();
            Caller<Boolean> release = Caller.of(() -> held.release(1));
            cluster.moment();
            assertThat(release.result()).isTrue();
            assertThat(held.count()).isEqualTo(3);
            assertThat(atA.available()).isEqualTo(2);
            held.close();
        }

        @Test
        void toAChunkDoNotBringItBackLater() {
            Permits held = take(atA, 4);
            HeldCalls late = a.store.onNextTxn(Sent::rewrite).hold();
            Caller<Boolean> release = Caller.of(() -> held.release(1));
            late.timeOut();
            cluster.moment();
            release.result();
            held.release(1);
            late.release();
            assertThat(atA.available()).isEqualTo(3);
            held.close();
        }

        @Test
        void toTheFirstUseOfTheLimitAreRiddenOut() {
            FaultRule lost = a.store.onNextTxn(txn -> true).loseAnswer();
            CompletableFuture<Permits> asked = atA.acquireAsync(1, OPTIONS);
            assertThat(lost.hits()).isEqualTo(1);
            assertFailed(asked, ErrorCode.TIMEOUT_ERROR);
            granted(atA.acquireAsync(1, OPTIONS)).close();
        }
    }

    /** A try looks first and takes only what nobody has touched since. */
    @Test
    void aTryThatIsOvertakenLooksAgain() {
        Permits one = take(atB, 1);
        List<Permits> between = new ArrayList<>();
        a.store
                .onNextTxn(txn -> Sent.attempt(txn) && txn.compares().get(0).number() > 0)
                .runBefore(() -> between.add(take(atB, 3)));
        assertThat(atA.tryAcquire(2)).as("only one is left").isEmpty();
        assertThat(atA.tryAcquire(1)).hasValueSatisfying(Permits::close);
        between.forEach(Permits::close);
        one.close();
    }

    @Test
    void modulesHaveTheirOwn() {
        Permits five = take(atA, 5);
        QueueLocks module = a.locks.ofModule(a.env.ofModule("billing", a.env.log()));
        Permits two = module.semaphore(LOCK, 2).tryAcquire(2).orElseThrow();
        module.closeAsync().join();
        assertThat(two.isHeld()).isFalse();
        assertThat(five.isHeld()).isTrue();
        five.close();
        cluster.delete(cluster.keys.ofModule("billing").lockPrefix(LOCK) + "!limit");
    }

    /** Whatever happens, no more is held than there is, and everybody is served in the end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void inAnyWeather(long seed) {
        Random random = new Random(seed);
        Weather weather = new Weather(cluster, List.of(a, b), random, what -> {});
        take(atA, 1).close();
        List<CompletableFuture<Permits>> asked = new ArrayList<>();
        for (int step = 0; step < 150; step++) {
            int dice = random.nextInt(6);
            if (dice < 2) {
                asked.add((random.nextBoolean() ? atA : atB).acquireAsync(1 + random.nextInt(5), OPTIONS));
            } else if (dice == 2) {
                weather.change();
            } else if (dice == 3 && !asked.isEmpty()) {
                asked.remove(random.nextInt(asked.size())).whenComplete((held, failure) -> {
                    if (held != null) {
                        held.close();
                    }
                });
            } else if (dice == 4 && !asked.isEmpty()) {
                asked.get(random.nextInt(asked.size())).cancel(false);
            }
            cluster.time.advance(Duration.ofMillis(random.nextInt(800)));
            assertThat(held(asked)).isLessThanOrEqualTo(5);
        }
        weather.clear();
        for (int round = 0; round < 200 && !asked.isEmpty(); round++) {
            asked.removeIf(one -> {
                if (one.isDone() && !one.isCompletedExceptionally()) {
                    one.join().close();
                }
                return one.isDone();
            });
            weather.pass(Duration.ofSeconds(1));
        }
        assertThat(asked).as("everybody is served").isEmpty();
        weather.pass(TTL.multipliedBy(2));
        assertThat(keys()).isEmpty();
    }

    private static int held(List<CompletableFuture<Permits>> asked) {
        return asked.stream()
                .filter(one -> one.isDone() && !one.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .filter(Permits::isHeld)
                .mapToInt(Permits::count)
                .sum();
    }
}

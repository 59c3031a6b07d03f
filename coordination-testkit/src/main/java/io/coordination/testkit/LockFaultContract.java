package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.store.KeyValue;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a user may rely on with locks when requests, answers, events and leases get lost, as tests on any store.
 *
 * <p>A subclass says how to {@link #open} the store and to make a {@link #coordinator} on it. Every test uses a lock of its
 * own, a coordinator whose connection is bad, others whose connections are good, and looks at the keys that are stored.
 */
@Timeout(60)
public abstract class LockFaultContract extends LockDeathRules {

    /** For subclasses. */
    protected LockFaultContract() {}

    @Nested
    class LostAnswers {

        @Test
        void ofAnAcquireCostNoSecondPlace() {
            faulty.onNextTxn(LockFaultContract.this::joins).loseAnswer();

            LockHandle held = take(mine);

            assertThat(queue()).hasSize(1);
            release(held);
            assertThat(queue()).isEmpty();
        }

        @Test
        void ofAWaitingAcquireKeepItsPlace() {
            LockHandle held = take(other);
            faulty.onNextTxn(LockFaultContract.this::joins).loseAnswer();
            CompletableFuture<LockHandle> first = ask(mine);
            awaitQueueOf(2);
            CompletableFuture<LockHandle> second = ask(another());
            awaitQueueOf(3);

            release(held);

            LockHandle next = granted(first);
            assertThat(second).isNotDone();
            assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
            release(next);
            release(granted(second));
            awaitQueueOf(0);
        }

        @Test
        void ofATryAreFoundOut() {
            faulty.onNextTxn(LockFaultContract.this::joins).loseAnswer();
            Optional<LockHandle> taken = mine.lock().tryAcquire(name, OPTIONS.ttl());
            assertThat(taken).isPresent();
            assertThat(queue()).hasSize(1);
            release(taken.orElseThrow());
        }

        @Test
        void ofARefusedTryLeaveItRefused() {
            LockHandle held = take(other);
            faulty.onNextTxn(LockFaultContract.this::joins).loseAnswer();
            assertThat(mine.lock().tryAcquire(name, OPTIONS.ttl())).isEmpty();
            assertThat(queue()).hasSize(1);
            release(held);
            assertThat(queue()).isEmpty();
        }

        @Test
        void ofAReleaseAreFoundOut() {
            LockHandle held = take(mine);
            faulty.onNextTxn(LockFaultContract.this::leaves).loseAnswer();
            release(held);
            assertThat(queue()).isEmpty();
        }

        @Test
        void ofAReleaseHarmNobodyWhoHoldsTheLockByThen() {
            LockHandle held = take(mine);
            HeldCalls answer = faulty.onNextTxn(LockFaultContract.this::leaves).holdAnswer();
            CompletableFuture<Boolean> unlocking = CompletableFuture.supplyAsync(held::unlock, ThreadPerTask.THREADS);
            awaitQueueOf(0);
            LockHandle next = take(other);

            answer.timeOut();

            assertThat(result(unlocking)).isTrue();
            assertThat(next.isHeld()).isTrue();
            assertThat(queue()).hasSize(1);
            release(next);
        }
    }

    @Nested
    class LateRequests {

        @Test
        void ofAcquiresThatWereCancelledTakeNothing() {
            HeldCalls late = faulty.onNextTxn(LockFaultContract.this::joins).hold();
            CompletableFuture<LockHandle> asked = ask(mine);
            await().atMost(SOON).until(() -> late.count() == 1);
            asked.cancel(true);
            late.timeOut();
            assertFree();

            late.release();

            assertFree();
        }

        @Test
        void ofAcquiresThatWereRepeatedTakeNothingAgain() {
            HeldCalls late = faulty.onNextTxn(LockFaultContract.this::joins).hold();
            LockHandle held = take(mine);
            release(held);

            late.release();

            assertFree();
        }

        @Test
        void ofReleasesLeaveTheNextHolderAlone() {
            HeldCalls late = faulty.onNextTxn(LockFaultContract.this::leaves).hold();
            take(mine).close();
            LockHandle next = take(other);

            late.release();

            assertThat(next.isHeld()).isTrue();
            assertThat(queue()).hasSize(1);
            release(next);
        }

        /** Both can take and leave the lock, so nobody's key is in the way. */
        private void assertFree() {
            awaitQueueOf(0);
            release(take(other));
            release(take(mine));
            assertThat(queue()).isEmpty();
        }
    }

    @Nested
    class Failures {

        @Test
        void ofAReleaseAreRepeatedUntilItIsDone() {
            LockHandle held = take(mine);
            faulty.onNextTxn(LockFaultContract.this::leaves)
                    .refuse(CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, "no leader"));
            release(held);
            assertThat(queue()).isEmpty();
        }

        @Test
        void inTheMiddleOfAnAcquireLeaveNoKey() {
            faulty.onNextTxn(LockFaultContract.this::joins)
                    .refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "not allowed"));
            CompletableFuture<LockHandle> asked = ask(mine);
            assertThatThrownBy(() -> result(asked)).hasCauseInstanceOf(CoordinationException.class);
            assertThat(queue()).isEmpty();
            release(take(mine));
        }

        @Test
        void ofReadsWhileWaitingCostNeitherThePlaceNorTheLock() {
            LockHandle held = take(other);
            CompletableFuture<LockHandle> waiting = ask(mine);
            awaitQueueOf(2);
            KeyValue place = queue().get(1);
            FaultRule noReads = faulty.onEvery(StoreCall.Range.class).loseRequest();
            faulty.watches().cut();
            release(held);
            assertThat(waiting).isNotDone();

            noReads.end();
            faulty.watches().resume();

            LockHandle next = granted(waiting);
            assertThat(queue()).singleElement().isEqualTo(place);
            release(next);
        }

        @Test
        void ofTheWatchBehindACompactionDelayTheLockOnly() {
            LockHandle held = take(other);
            CompletableFuture<LockHandle> waiting = ask(mine);
            awaitQueueOf(2);
            await().atMost(SOON).until(() -> faulty.watches().count() > 0);
            faulty.watches().cut();
            release(held);

            faulty.watches().loseHistory(Long.MAX_VALUE);
            faulty.watches().resume();

            release(granted(waiting));
            awaitQueueOf(0);
        }
    }

    /** What all holders together were told. */
    @Nested
    class Histories {

        @Test
        void areThoseOfAMutexWhateverGetsLost() throws InterruptedException {
            Coordinator third = another();
            LockHistoryRecorder recorder = new LockHistoryRecorder(name, OPTIONS);
            faulty.onNextTxn(LockFaultContract.this::joins).loseAnswer();
            recorder.use(mine, "mine", 2, 15);
            recorder.use(other, "other", 2, 15);
            recorder.use(third, "third", 2, 15);
            for (int fault = 0; fault < 5; fault++) {
                faulty.onNextTxn(LockFaultContract.this::leaves).loseAnswer();
                faulty.onNextTxn(LockFaultContract.this::joins).loseRequest();
                faulty.watches().cut();
                faulty.watches().resume();
                other.ping();
            }
            recorder.awaitAll(SOON.multipliedBy(2));

            LockHistory history = LockHistory.of(recorder.observations());
            assertThat(history.violations()).isEmpty();
            assertThat(history.holds()).isEqualTo(6 * 15);
            awaitQueueOf(0);
        }
    }
}

package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An enqueue or a try whose answer does not come. Whatever becomes of its copies, no key may stay behind. */
class LostEnqueueTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private long closes() {
        return a.store.txns().stream().filter(Sent::close).count();
    }

    @Nested
    class AppliedAndUnanswered {

        @Test
        void isFoundByTheNextAttemptWithTheSameKey() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<LockHandle> asked = a.ask();
            assertThat(asked).isNotDone();
            long made = cluster.first().createRevision();
            cluster.moment();
            assertThat(granted(asked).fencingToken()).isEqualTo(made << 16);
            assertThat(cluster.queue()).hasSize(1);
            asked.join().close();
        }

        @Test
        void keepsItsPlaceInTheQueue() {
            LockHandle held = b.take();
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<LockHandle> first = a.ask();
            CompletableFuture<LockHandle> second = b.ask();
            cluster.moment();
            held.close();
            granted(first).close();
            granted(second).close();
        }

        @Test
        void movesTheFenceSoThatALateCopyIsHarmless() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<LockHandle> asked = a.ask();
            cluster.moment();
            assertThat(closes()).isEqualTo(1);
            granted(asked).close();
        }

        @Test
        void isDeletedWhenTheCallerGaveUpMeanwhile() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<LockHandle> asked = a.ask();
            assertThat(cluster.queue()).hasSize(1);
            asked.cancel(false);
            cluster.moment();
            assertThat(cluster.queue()).isEmpty();
            assertThat(b.tryOnce()).hasValueSatisfying(LockHandle::close);
        }
    }

    @Nested
    class NotApplied {

        @Test
        void isSentAgain() {
            a.store.onNextTxn(Sent::enqueue).loseRequest();
            CompletableFuture<LockHandle> asked = a.ask();
            assertThat(cluster.queue()).isEmpty();
            cluster.moment();
            granted(asked).close();
        }

        @Test
        void failsTheCallerAfterTheRequestTimeoutAndLeavesNoKey() {
            FaultRule rule = a.store.onEveryTxn(Sent::enqueue).loseRequest();
            CompletableFuture<LockHandle> asked = a.ask();
            cluster.time.advance(Cluster.REQUEST_TIMEOUT.plus(Cluster.MOMENT));
            assertThat(asked).isCompletedExceptionally();
            assertThat(asked.handle((held, failure) -> failure).join())
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR));
            rule.end();
            granted(a.ask()).close();
        }

        @Test
        void aDefiniteRefusalFailsAtOnce() {
            a.store.onNextTxn(Sent::enqueue).refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "no"));
            assertThat(a.ask().handle((held, failure) -> failure).join())
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
            assertThat(closes())
                    .as("nothing was applied, so nothing needs a fence")
                    .isZero();
        }
    }

    /** The ghost: a copy that arrives when nobody wants it any more. */
    @Nested
    class Late {

        @Test
        void cannotBeAppliedAfterTheCallerGaveUp() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            late.timeOut();
            asked.cancel(false);
            cluster.moment();
            assertThat(closes()).isEqualTo(1);
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void cannotBeAppliedAfterTheCallFailed() {
            HeldCalls late = a.store.onEveryTxn(Sent::enqueue).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            cluster.time.advance(Cluster.REQUEST_TIMEOUT.plus(Cluster.MOMENT));
            assertThat(asked).isCompletedExceptionally();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void isDeletedWhenItComesBeforeTheFenceMoves() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            HeldCalls fence = a.store.onNextTxn(Sent::close).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            late.timeOut();
            asked.cancel(false);
            cluster.moment();
            late.release();
            assertThat(cluster.queue()).hasSize(1);
            fence.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void isHarmlessAfterItsRepetitionGotThePlaceAndLeftIt() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            late.timeOut();
            cluster.moment();
            granted(asked).close();
            assertThat(cluster.queue()).isEmpty();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void isHarmlessWhenTheReleaseComesBeforeTheFenceMoved() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            HeldCalls fence = a.store.onNextTxn(Sent::close).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            late.timeOut();
            cluster.moment();
            granted(asked).close();
            fence.release();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void isHarmlessAfterAHandOverToTheNextRequest() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            HeldCalls fence = a.store.onNextTxn(Sent::close).hold();
            CompletableFuture<LockHandle> first = a.ask();
            CompletableFuture<LockHandle> second = a.ask();
            late.timeOut();
            cluster.moment();
            granted(first).close();
            fence.release();
            cluster.moment();
            granted(second);
            late.release();
            assertThat(cluster.queue()).hasSize(1);
            second.join().close();
        }

        /** The place is left while the fence is still moving, and the copy arrives just then. */
        @Test
        void isDeletedWhenItComesBetweenTheReleaseAndTheFence() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            HeldCalls fence = a.store.onNextTxn(Sent::close).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            late.timeOut();
            cluster.moment();
            granted(asked).close();
            late.release();
            fence.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void isDeletedWhenItComesBetweenTheHandOverAndTheFence() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            HeldCalls fence = a.store.onNextTxn(Sent::close).hold();
            CompletableFuture<LockHandle> first = a.ask();
            CompletableFuture<LockHandle> second = a.ask();
            late.timeOut();
            cluster.moment();
            granted(first).close();
            late.release();
            fence.release();
            cluster.moment();
            assertThat(cluster.queue()).hasSize(1);
            granted(second).close();
        }

        /** The fence was moved for another lock's sake: no copy can come any more, but one had come before. */
        @Test
        void isDeletedWhenTheFenceMovedForAnotherRequest() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<LockHandle> elsewhere = a.locks.acquireAsync("elsewhere", Node.OPTIONS);
            late.timeOut();
            elsewhere.cancel(false);
            cluster.time.advance(Duration.ofMillis(50));
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<LockHandle> asked = a.ask();
            asked.cancel(false);
            cluster.time.advance(Duration.ofMillis(60));
            assertThat(closes()).isEqualTo(1);
            assertThat(cluster.queue()).hasSize(1);
            cluster.moment();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void doesNotTaintOtherRequestsOfTheLease() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            HeldCalls other = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<LockHandle> elsewhere = a.locks.acquireAsync("elsewhere", Node.OPTIONS);
            late.timeOut();
            asked.cancel(false);
            cluster.moment();
            // The fence has moved under an enqueue that is still on its way: it comes back and is sent again.
            other.release();
            granted(elsewhere).close();
            late.release();
        }
    }

    @Nested
    class LostAnswersOfTheFence {

        @Test
        void areNotTheEndOfIt() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            a.store.onNextTxn(Sent::close).loseAnswer();
            CompletableFuture<LockHandle> asked = a.ask();
            late.timeOut();
            asked.cancel(false);
            cluster.moment();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void doNotHideACopyThatWasAppliedBeforeTheFence() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            a.store.onNextTxn(Sent::close).loseRequest();
            CompletableFuture<LockHandle> asked = a.ask();
            asked.cancel(false);
            cluster.moment();
            assertThat(cluster.queue()).isEmpty();
        }
    }

    @Nested
    class OfATry {

        @Test
        void findsItsOwnKeyOnTheSecondAttempt() {
            a.store.onNextTxn(Sent::attempt).loseAnswer();
            Caller<Optional<LockHandle>> trying = Caller.of(a::tryOnce);
            cluster.moment();
            assertThat(trying.result()).hasValueSatisfying(LockHandle::close);
        }

        /** First copy late, second refused, the holder leaves, and then the first copy finds an empty queue. */
        @Test
        void thatWasRefusedCannotTakeTheLockLater() {
            LockHandle held = b.take();
            HeldCalls late = a.store.onNextTxn(Sent::attempt).hold();
            Caller<Optional<LockHandle>> trying = Caller.of(a::tryOnce);
            late.timeOut();
            cluster.moment();
            assertThat(trying.result()).isEmpty();
            held.close();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void thatFailedIsNotInTheWayOfTheNext() {
            FaultRule rule = a.store.onEveryTxn(Sent::attempt).loseAnswer();
            Caller<Optional<LockHandle>> trying = Caller.of(a::tryOnce);
            cluster.time.advance(Cluster.REQUEST_TIMEOUT.plus(Cluster.MOMENT));
            assertThat(trying.failure()).isInstanceOf(CoordinationTimeoutException.class);
            rule.end();
            assertThat(a.tryOnce()).hasValueSatisfying(LockHandle::close);
        }

        @Test
        void endsAfterTheRequestTimeoutWhateverItWaitsFor() {
            HeldCalls releases = a.store.onNextTxn(Sent::release).hold();
            a.take().close();
            Caller<Optional<LockHandle>> trying = Caller.of(a::tryOnce);
            assertThat(trying.isWaiting()).isTrue();
            cluster.time.advance(Cluster.REQUEST_TIMEOUT);
            assertThat(trying.failure())
                    .isInstanceOf(CoordinationTimeoutException.class)
                    .hasMessageContaining(LOCK)
                    .hasMessageContaining("requestTimeout");
            releases.release();
        }
    }
}

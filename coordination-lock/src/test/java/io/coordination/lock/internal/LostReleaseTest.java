package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Unlock, close and hand-over, and what they do without an answer. */
class LostReleaseTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    @Nested
    class Unlock {

        @Test
        void isTrueOnceAndFalseAfterwards() {
            LockHandle held = a.take();
            assertThat(held.unlock()).isTrue();
            assertThat(held.unlock()).isFalse();
            held.close();
        }

        @Test
        void isFalseAfterClose() {
            LockHandle held = a.take();
            held.close();
            assertThat(held.unlock()).isFalse();
        }

        @Test
        void isTrueWhenTheLockGoesToTheNextLocalRequest() {
            LockHandle held = a.take();
            CompletableFuture<LockHandle> next = a.ask();
            assertThat(held.unlock()).isTrue();
            granted(next).close();
        }

        @Test
        void isTrueWhenOnlyTheAnswerWasLost() {
            LockHandle held = a.take();
            a.store.onNextTxn(Sent::release).loseAnswer();
            Caller<Boolean> unlocking = Caller.of(held::unlock);
            assertThat(cluster.queue()).isEmpty();
            cluster.moment();
            assertThat(unlocking.result()).isTrue();
        }

        @Test
        void isTrueWhenTheRequestHadToBeRepeated() {
            LockHandle held = a.take();
            a.store.onNextTxn(Sent::release).loseRequest();
            Caller<Boolean> unlocking = Caller.of(held::unlock);
            cluster.moment();
            assertThat(unlocking.result()).isTrue();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void endsTheHoldBeforeTheServerAnswers() {
            LockHandle held = a.take();
            HeldCalls release = a.store.onNextTxn(Sent::release).hold();
            Caller<Boolean> unlocking = Caller.of(held::unlock);
            assertThat(held.isHeld()).isFalse();
            assertThat(held.remaining()).isZero();
            assertThat(cluster.queue()).hasSize(1);
            release.release();
            assertThat(unlocking.result()).isTrue();
        }

        @Test
        void withoutAnAnswerSaysThatTheOutcomeIsUnknownAndGoesOn() {
            LockHandle held = a.take();
            FaultRule rule = a.store.onEveryTxn(Sent::release).loseRequest();
            Caller<Boolean> unlocking = Caller.of(held::unlock);
            cluster.time.advance(Cluster.REQUEST_TIMEOUT);
            assertThat(unlocking.failure())
                    .isInstanceOfSatisfying(
                            CoordinationTimeoutException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue())
                    .hasMessageContaining(Cluster.LOCK);
            assertThat(cluster.queue()).hasSize(1);
            rule.end();
            cluster.moment();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void isNotStoppedByAnInterrupt() {
            LockHandle held = a.take();
            HeldCalls release = a.store.onNextTxn(Sent::release).hold();
            Caller<Boolean> unlocking = Caller.of(held::unlock);
            unlocking.interrupt();
            assertThat(unlocking.isWaiting()).isTrue();
            release.release();
            assertThat(unlocking.result()).isTrue();
            assertThat(unlocking.wasInterruptedAfterwards()).isTrue();
        }

        @Test
        void neverTouchesTheKeyOfAnotherHolder() {
            LockHandle held = a.take();
            HeldCalls release = a.store.onNextTxn(Sent::release).hold();
            held.close();
            cluster.delete(cluster.first().key());
            LockHandle other = b.take();
            release.release();
            assertThat(other.isHeld()).isTrue();
            assertThat(cluster.queue()).hasSize(1);
            other.close();
        }

        /** Only the create revision tells a key from an earlier one of the same name. */
        @Test
        void leavesAKeyAloneThatWasMadeAgainUnderTheSameName() {
            LockHandle held = a.take();
            String key = cluster.first().key();
            HeldCalls release = a.store.onNextTxn(Sent::release).hold();
            held.close();
            cluster.delete(key);
            cluster.memory.txn(Txn.always(Op.put(key, Bytes.utf8("{}"), 0))).join();
            release.release();
            assertThat(cluster.queue()).hasSize(1);
            cluster.delete(key);
        }
    }

    @Nested
    class Close {

        @Test
        void returnsAtOnceAndKeepsTrying() {
            LockHandle held = a.take();
            FaultRule rule = a.store.onEveryTxn(Sent::release).loseRequest();
            held.close();
            held.close();
            assertThat(held.isHeld()).isFalse();
            CompletableFuture<LockHandle> waiting = b.ask();
            cluster.time.advance(Cluster.REQUEST_TIMEOUT.multipliedBy(4));
            assertThat(waiting).isNotDone();
            rule.end();
            cluster.moment();
            granted(waiting).close();
        }

        @Test
        void endsWithTheLeaseWhenTheServerIsNeverReachedAgain() {
            LockHandle held = a.take();
            a.store.disconnect();
            held.close();
            cluster.time.advance(Cluster.TTL.plusSeconds(1));
            assertThat(b.tryOnce()).hasValueSatisfying(LockHandle::close);
        }

        @Test
        void aNewRequestDoesNotWaitForTheAnswer() {
            LockHandle held = a.take();
            HeldCalls release = a.store.onNextTxn(Sent::release).hold();
            held.close();
            CompletableFuture<LockHandle> next = a.ask();
            assertThat(cluster.queue())
                    .as("the old key is an ordinary key ahead")
                    .hasSize(2);
            release.release();
            granted(next).close();
        }
    }

    @Nested
    class QueuingAgain {

        @BeforeEach
        void nobodyKnowsWhetherOthersWait() {
            a.store.watches().hold();
        }

        @Test
        void whoseAnswerWasLostIsFoundApplied() {
            LockHandle first = a.take();
            CompletableFuture<LockHandle> second = a.ask(Node.STRICT);
            a.store.onNextTxn(Sent::requeue).loseAnswer();
            Caller<Boolean> unlocking = Caller.of(first::unlock);
            long made = cluster.first().createRevision();
            assertThat(second).isNotDone();
            cluster.moment();
            assertThat(unlocking.result()).isTrue();
            assertThat(granted(second).fencingToken()).isEqualTo(made << 16).isGreaterThan(first.fencingToken());
            second.join().close();
        }

        @Test
        void whoseRequestWasLostIsSentAgain() {
            LockHandle first = a.take();
            CompletableFuture<LockHandle> second = a.ask(Node.STRICT);
            a.store.onNextTxn(Sent::requeue).loseRequest();
            first.close();
            cluster.moment();
            granted(second).close();
        }

        @Test
        void thatArrivesLateIsHarmless() {
            LockHandle first = a.take();
            CompletableFuture<LockHandle> second = a.ask(Node.STRICT);
            HeldCalls late = a.store.onNextTxn(Sent::requeue).hold();
            first.close();
            late.timeOut();
            cluster.moment();
            granted(second).close();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void thatNobodyWantsAnyMoreLeavesNoKey() {
            LockHandle first = a.take();
            CompletableFuture<LockHandle> second = a.ask(Node.STRICT);
            HeldCalls late = a.store.onNextTxn(Sent::requeue).hold();
            first.close();
            second.cancel(false);
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void afterAnOperatorDeletedTheKeyQueuesAnew() {
            LockHandle first = a.take();
            CompletableFuture<LockHandle> second = a.ask(Node.STRICT);
            a.store
                    .onNextTxn(Sent::requeue)
                    .runBefore(() -> cluster.delete(cluster.first().key()));
            assertThat(first.unlock()).isFalse();
            assertThat(granted(second).fencingToken()).isGreaterThan(first.fencingToken());
            second.join().close();
        }

        @Test
        void onADeadLeaseQueuesAnewOnAnother() {
            LockHandle first = a.take();
            CompletableFuture<LockHandle> second = a.ask(Node.STRICT);
            long lease = cluster.first().lease();
            a.store.onNextTxn(Sent::requeue).runBefore(() -> a.store.dropLease(lease));
            assertThat(first.unlock()).isFalse();
            assertThat(cluster.first().lease()).isNotEqualTo(lease);
            granted(second).close();
        }
    }

    @Test
    void refusedByTheServerForGoodEndsWithTheLease() {
        LockHandle held = a.take();
        FaultRule rule =
                a.store.onEveryTxn(Sent::release).refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "no"));
        held.close();
        cluster.moment();
        assertThat(cluster.queue()).hasSize(1);
        rule.end();
    }
}

package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Once a TTL the keys on a lease are compared with what this process believes. */
class AuditTest {

    /** An audit begins between one TTL after the session did and a tenth more. */
    private static final Duration PAST_AUDIT = Cluster.TTL.plus(Cluster.TTL.dividedBy(10));

    private static final Duration BEFORE_AUDIT = Cluster.TTL.minusMillis(500);
    private static final Duration OVER_AUDIT = PAST_AUDIT.minus(BEFORE_AUDIT);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private long audits() {
        return a.store.calls().stream()
                .filter(StoreCall.LeaseKeys.class::isInstance)
                .count();
    }

    private long closes() {
        return a.store.txns().stream().filter(Sent::close).count();
    }

    @Test
    void comesOnceATtlAndChangesNothing() {
        LockHandle held = a.take();
        long made = cluster.first().modRevision();

        cluster.time.advance(Cluster.TTL.multipliedBy(10));

        assertThat(audits()).isBetween(9L, 10L);
        assertThat(held.isHeld()).isTrue();
        assertThat(cluster.first().modRevision()).isEqualTo(made);
        held.close();
    }

    @Nested
    class OfAHeldLock {

        private final LockHandle held = a.take();
        private final List<LockLost> told = losses(held);

        @Test
        void findsAKeyThatWentWithoutAnEvent() {
            cluster.time.advance(Duration.ofSeconds(1));
            a.store.watches().cut();
            cluster.delete(cluster.first().key());
            assertThat(held.isHeld()).as("nobody could tell").isTrue();

            cluster.time.advance(PAST_AUDIT);

            assertThat(held.isHeld()).isFalse();
            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.FORCED);
        }

        @Test
        void doesNotBelieveAListThatIsOlderThanTheKey() {
            HeldCalls answer = a.store.onNext(StoreCall.LeaseKeys.class).holdAnswer();
            held.close();
            cluster.time.advance(PAST_AUDIT);
            LockHandle later = a.take();
            answer.release();

            assertThat(later.isHeld()).isTrue();
            later.close();
        }

        @Test
        void readsAMissedKeyBeforeItGivesItUp() {
            String key = cluster.first().key();
            a.store.onNext(StoreCall.LeaseKeys.class).runBefore(() -> detach(key));

            cluster.time.advance(PAST_AUDIT);

            assertThat(held.isHeld()).isTrue();
            held.close();
        }

        /** The same key on no lease: the list of the lease lacks it, and it is there nevertheless. */
        private void detach(String key) {
            cluster.memory.txn(Txn.always(Op.put(key, Bytes.EMPTY, 0))).join();
        }

        @Test
        void isRepeatedWhenItFails() {
            a.store.onNext(StoreCall.LeaseKeys.class).loseAnswer();
            cluster.time.advance(PAST_AUDIT);
            a.store.watches().cut();
            cluster.delete(cluster.first().key());

            cluster.time.advance(PAST_AUDIT);

            assertThat(told).hasSize(1);
        }

        @Test
        void isNotMadeOfALostSession() {
            held.close();
            a.close().join();
            long before = audits();

            cluster.time.advance(PAST_AUDIT);

            assertThat(audits()).isEqualTo(before);
        }
    }

    @Nested
    class OfALeaseWithALeftover {

        private final LockHandle held = a.take();
        private final long lease = cluster.first().lease();
        private final String leftover = cluster.keys.lockKey("elsewhere", lease, 999);

        private void leave() {
            cluster.memory.txn(Txn.always(Op.put(leftover, Bytes.EMPTY, lease))).join();
        }

        @Test
        void deletesWhatNobodyKnowsAndBarsItsCopies() {
            leave();

            cluster.time.advance(PAST_AUDIT);

            assertThat(cluster.queue("elsewhere")).isEmpty();
            assertThat(closes()).isEqualTo(1);
            assertThat(held.isHeld()).isTrue();
            held.close();
        }

        @Test
        void needsNoFenceForWhatIsOlderThanTheFence() {
            leave();
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<LockHandle> other = a.locks.acquireAsync("other", Node.OPTIONS);
            cluster.moment();
            assertThat(closes()).as("the fence was moved").isEqualTo(1);

            cluster.time.advance(PAST_AUDIT);

            assertThat(cluster.queue("elsewhere")).isEmpty();
            assertThat(closes()).isEqualTo(1);
            granted(other).close();
            held.close();
        }

        @Test
        void keepsWhatAnotherLeaseHas() {
            LockHandle others = b.locks.acquireAsync("others", Node.OPTIONS).join();

            cluster.time.advance(PAST_AUDIT);

            assertThat(others.isHeld()).isTrue();
            assertThat(cluster.queue("others")).hasSize(1);
            others.close();
            held.close();
        }
    }

    @Nested
    class OfWhatIsUnderWay {

        private final LockHandle first =
                a.locks.acquireAsync("first", Node.OPTIONS).join();

        @Test
        void sparesAnEnqueueThatWasNotAnswered() {
            cluster.time.advance(BEFORE_AUDIT);
            HeldCalls answer = a.store.onNextTxn(Sent::enqueue).holdAnswer();
            CompletableFuture<LockHandle> asked = a.ask();

            cluster.time.advance(OVER_AUDIT);
            assertThat(audits()).isEqualTo(1);
            assertThat(cluster.queue()).hasSize(1);
            answer.release();

            granted(asked).close();
            first.close();
        }

        @Test
        void sparesASuccessorThatWasNotAnswered() {
            LockHandle held = a.take();
            cluster.time.advance(BEFORE_AUDIT);
            CompletableFuture<LockHandle> next = a.ask();
            HeldCalls answer = a.store.onNextTxn(Sent::requeue).holdAnswer();
            held.close();

            cluster.time.advance(OVER_AUDIT);
            assertThat(audits()).isEqualTo(1);
            assertThat(cluster.queue()).hasSize(1);
            answer.release();

            granted(next).close();
            first.close();
        }

        @Test
        void doesNotMissAKeyThatIsBeingReleased() {
            LockHandle held = a.take();
            List<LockLost> told = losses(held);
            cluster.time.advance(BEFORE_AUDIT);
            HeldCalls answer = a.store.onNextTxn(Sent::release).holdAnswer();
            held.close();

            cluster.time.advance(OVER_AUDIT);
            assertThat(audits()).isEqualTo(1);
            answer.release();

            assertThat(told).isEmpty();
            first.close();
        }
    }
}

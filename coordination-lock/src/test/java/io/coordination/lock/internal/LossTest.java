package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Locks and places in the queue that are lost, and who hears of it, when, and why. */
class LossTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private static void assertLostOnce(List<LockLost> told, LockHandle held, LockLostReason reason) {
        assertThat(told).singleElement().satisfies(loss -> {
            assertThat(loss.key()).isEqualTo(Cluster.LOCK);
            assertThat(loss.fencingToken()).isEqualTo(held.fencingToken());
            assertThat(loss.reason()).isEqualTo(reason);
        });
        assertThat(held.isHeld()).isFalse();
        assertThat(held.remaining()).isZero();
        assertThat(held.unlock()).isFalse();
    }

    @Nested
    class WhileHolding {

        private final LockHandle held = a.take();
        private final List<LockLost> told = losses(held);

        @Test
        void aRevokedLeaseIsLossOfTheSession() {
            a.store.dropLeases().join();
            assertLostOnce(told, held, LockLostReason.SESSION);
        }

        @Test
        void aDeletedSessionKeyIsLossOfTheSession() {
            cluster.deleteSession(cluster.first().lease());
            assertLostOnce(told, held, LockLostReason.SESSION);
            assertThat(cluster.queue()).as("the lease was revoked").isEmpty();
        }

        @Test
        void aLeaseThatTheServerDoesNotKnowAnyMoreIsLossOfTheSession() {
            a.store.watches().cut();
            a.store.dropLeases().join();
            assertThat(held.isHeld()).as("nobody could tell").isTrue();
            cluster.time.advance(Cluster.TTL.dividedBy(3));
            assertLostOnce(told, held, LockLostReason.SESSION);
        }

        @Test
        void theHandleKnowsBeforeTheListenerHears() {
            List<Boolean> heldWhenTold = new ArrayList<>();
            held.lost().thenAccept(loss -> heldWhenTold.add(held.isHeld()));
            a.store.dropLeases().join();
            assertThat(heldWhenTold).containsExactly(false);
        }

        @Test
        void anOperatorsDeleteIsSeenByTheWatchOfALongHold() {
            cluster.time.advance(Duration.ofMillis(100));
            cluster.delete(cluster.first().key());
            assertLostOnce(told, held, LockLostReason.FORCED);
        }

        @Test
        void anOperatorsDeleteInTheFirstMomentIsSeenWhenTheWatchOpens() {
            cluster.delete(cluster.first().key());
            assertThat(told).isEmpty();
            cluster.time.advance(Duration.ofMillis(100));
            assertLostOnce(told, held, LockLostReason.FORCED);
        }

        @Test
        void anOperatorsDeleteDuringACompactedOutageIsSeenAfterwards() {
            cluster.time.advance(Duration.ofMillis(100));
            a.store.watches().cut();
            cluster.delete(cluster.first().key());
            cluster.compact();
            assertThat(held.isHeld()).isTrue();
            a.store.watches().resume();
            assertLostOnce(told, held, LockLostReason.FORCED);
        }

        @Test
        void theDeletionOfAnotherKeyIsNoLoss() {
            CompletableFuture<LockHandle> waiting = b.ask();
            cluster.time.advance(Duration.ofMillis(100));
            cluster.delete(cluster.queue().get(1).key());
            assertThat(held.isHeld()).isTrue();
            assertThat(told).isEmpty();
            held.close();
            granted(waiting).close();
        }

        @Test
        void anExecutorThatRefusesWorkKeepsNobodyFromTheLock() {
            CompletableFuture<LockHandle> next = b.ask();
            a.refusesCallbacks = true;
            a.store.dropLeases().join();
            assertThat(held.isHeld()).isFalse();
            granted(next).close();
            a.refusesCallbacks = false;
            a.take().close();
        }

        @Test
        void theNextLocalRequestQueuesAgainUnderANewLease() {
            CompletableFuture<LockHandle> next = a.ask();
            long lease = cluster.first().lease();
            a.store.dropLeases().join();
            assertThat(told).hasSize(1);
            assertThat(granted(next).fencingToken()).isGreaterThan(held.fencingToken());
            assertThat(cluster.first().lease()).isNotEqualTo(lease);
            next.join().close();
        }
    }

    @Nested
    class ByTheClock {

        private final LockHandle held = a.take();
        private final List<LockLost> told = losses(held);
        private final CompletableFuture<LockHandle> next = b.ask();

        @Test
        void aHolderThatCannotRenewStopsBeforeAnybodyElseBegins() {
            a.store.disconnect();
            Duration step = Duration.ofMillis(50);
            while (held.isHeld()) {
                assertThat(next).isNotDone();
                cluster.time.advance(step);
            }
            assertThat(told).hasSize(1);
            assertThat(next)
                    .as("the server's lease lives longer than the holder's belief")
                    .isNotDone();
            cluster.time.advance(Duration.ofSeconds(1));
            assertLostOnce(told, held, LockLostReason.EXPIRED);
            granted(next).close();
        }

        @Test
        void theReasonCarriesWhyRenewalsFailed() {
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL);
            assertThat(told.get(0).reason()).isEqualTo(LockLostReason.EXPIRED);
            assertThat(told.get(0).cause()).isPresent();
            granted(next).close();
        }

        @Test
        void isHeldAsksTheClockAndNotATimer() {
            // A process that was stopped: its timers have not run when the first question is asked.
            FaultRule renewals = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
            List<Boolean> answers = new ArrayList<>();
            Duration deadline = held.remaining();
            // Scheduled now, so for the same moment before the timer of the session, which is renewed later.
            cluster.time.schedule(deadline, () -> answers.add(held.isHeld()));
            cluster.time.advance(deadline);
            assertThat(answers).containsExactly(false);
            renewals.end();
            cluster.time.advance(Cluster.TTL);
            granted(next).close();
        }

        @Test
        void anOutageShorterThanTheTtlIsRiddenOut() {
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL.minusSeconds(2));
            a.store.reconnect();
            cluster.time.advance(Cluster.TTL.multipliedBy(2));
            assertThat(held.isHeld()).isTrue();
            assertThat(told).isEmpty();
            held.close();
            granted(next).close();
        }

        @Test
        void remainingIsCountedFromBeforeTheRenewalWasSent() {
            HeldCalls renewal = a.store.onNext(StoreCall.Renewal.class).holdAnswer();
            cluster.time.advance(Cluster.TTL.dividedBy(3));
            assertThat(renewal.count()).isOne();
            cluster.time.advance(Duration.ofSeconds(2));
            Duration before = held.remaining();
            renewal.release();
            Duration gained = held.remaining().minus(before);
            assertThat(gained).isPositive().isLessThanOrEqualTo(Cluster.TTL.dividedBy(3));
            assertThat(held.remaining()).isLessThan(Cluster.TTL.minusSeconds(2));
            held.close();
            granted(next).close();
        }
    }

    @Nested
    class AfterASuspend {

        private final LockHandle held = a.take();

        @AfterEach
        void release() {
            held.close();
        }

        @Test
        void nothingIsHeldUntilARenewalIsAcknowledged() {
            HeldCalls renewal = a.store.onNext(StoreCall.Renewal.class).hold();
            cluster.time.advance(Duration.ofMillis(1));
            cluster.time.jumpWall(Duration.ofSeconds(5));
            assertThat(held.isHeld()).isFalse();
            assertThat(held.remaining()).isZero();
            assertThat(renewal.count())
                    .as("the question itself sends a renewal")
                    .isOne();
            renewal.release();
            assertThat(held.isHeld()).isTrue();
        }

        @Test
        void aSmallStepOfTheClockIsNoSuspend() {
            cluster.time.jumpWall(Duration.ofMillis(900));
            assertThat(held.isHeld()).isTrue();
            cluster.time.jumpWall(Duration.ofHours(-2));
            assertThat(held.isHeld()).isTrue();
        }

        @Test
        void aLeaseThatEndedMeanwhileIsLost() {
            List<LockLost> told = losses(held);
            a.store.watches().cut();
            a.store.dropLeases().join();
            cluster.time.jumpWall(Duration.ofMinutes(5));
            assertThat(held.isHeld()).isFalse();
            assertLostOnce(told, held, LockLostReason.SESSION);
        }
    }

    @Nested
    class WhileWaiting {

        private final LockHandle held = b.take();
        private final CompletableFuture<LockHandle> waiting = a.ask();

        private KeyValue place() {
            return cluster.queue().get(1);
        }

        private void assertGrantedAfterRelease() {
            assertThat(waiting).isNotDone();
            held.close();
            granted(waiting).close();
        }

        @Test
        void aLostSessionQueuesAgainAtTheTail() {
            CompletableFuture<LockHandle> third = cluster.node().ask();
            long lease = place().lease();
            a.store.dropLeases().join();
            assertThat(cluster.queue()).hasSize(3);
            assertThat(cluster.queue().get(2).lease()).isNotEqualTo(lease);
            held.close();
            assertThat(waiting).isNotDone();
            granted(third).close();
            granted(waiting).close();
        }

        @Test
        void aDeletedPlaceQueuesAgain() {
            String key = place().key();
            cluster.delete(key);
            assertThat(place().key()).isNotEqualTo(key);
            assertGrantedAfterRelease();
        }

        @Test
        void aDeletedSessionKeyQueuesAgain() {
            cluster.deleteSession(place().lease());
            assertGrantedAfterRelease();
        }

        @Test
        void allKeysOfTheQueueDeletedAtOnceDoNotMakeAnOwner() {
            List<LockHandle> granted = new ArrayList<>();
            waiting.thenAccept(granted::add);
            long place = place().createRevision();
            a.store.watches().hold();
            cluster.memory
                    .txn(Txn.always(Op.delete(KeyRange.prefix(cluster.keys.lockPrefix(Cluster.LOCK)))))
                    .join();
            LockHandle other = cluster.node().take();
            a.store.watches().release();
            assertThat(granted).isEmpty();
            assertThat(cluster.queue()).hasSize(2);
            other.close();
            assertThat(granted(waiting).fencingToken() >> 16).isGreaterThan(place);
            waiting.join().close();
        }

        @Test
        void anOutageShorterThanTheTtlKeepsThePlace() {
            long place = place().createRevision();
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL.minusSeconds(2));
            a.store.reconnect();
            cluster.time.advance(Cluster.TTL);
            assertThat(place().createRevision()).isEqualTo(place);
            assertGrantedAfterRelease();
        }

        @Test
        void aLongOutageQueuesAgainAfterwards() {
            long place = place().createRevision();
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL.multipliedBy(4));
            assertThat(waiting).isNotDone();
            assertThat(cluster.queue()).hasSize(1);
            a.store.reconnect();
            cluster.moment();
            assertThat(place().createRevision()).isGreaterThan(place);
            assertGrantedAfterRelease();
        }

        @Test
        void anOwnerStartsWithALeaseThatHasSomeLifeLeft() {
            FaultRule renewals = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
            cluster.time.advance(Cluster.TTL.minusSeconds(2));
            held.close();
            assertThat(waiting).isNotDone();
            renewals.end();
            cluster.moment();
            assertThat(granted(waiting).remaining()).isGreaterThan(Duration.ofSeconds(2));
            waiting.join().close();
        }
    }
}

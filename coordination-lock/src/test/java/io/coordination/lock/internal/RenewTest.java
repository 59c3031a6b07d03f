package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Renewals that the holder asks for, with the same TTL and with another. */
class RenewTest {

    private static final Duration LONGER = Duration.ofSeconds(30);

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final LockHandle held = a.take();

    @AfterEach
    void nothingStays() {
        held.close();
        cluster.time.advance(LONGER);
        cluster.assertNothingStays();
    }

    private static void assertRefused(Runnable call, ErrorCode code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(Cluster.LOCK);
    }

    @Nested
    class WithTheSameTtl {

        @Test
        void countsFromTheCall() {
            cluster.time.advance(Duration.ofSeconds(3));
            Duration before = held.remaining();
            held.renew();
            assertThat(held.remaining()).isEqualTo(before.plusSeconds(3));
            held.renew(Cluster.TTL);
            assertThat(cluster.first().lease())
                    .isEqualTo(a.store.leases().iterator().next());
        }

        @Test
        void sendsARenewalEvenWhileAnotherIsUnderWay() {
            HeldCalls earlier = a.store.onNext(StoreCall.Renewal.class).hold();
            cluster.time.advance(Cluster.TTL.dividedBy(3));
            assertThat(earlier.count()).isOne();
            Caller<Boolean> renewing = Caller.of(() -> {
                held.renew();
                return true;
            });
            assertThat(renewing.isWaiting()).isTrue();
            cluster.time.advance(Duration.ofMillis(500));
            earlier.release();
            assertThat(renewing.result()).isTrue();
            assertThat(held.remaining()).isGreaterThan(Cluster.TTL.minusSeconds(1));
        }

        @Test
        void ofADeletedKeySaysThatTheLockIsLost() {
            List<LockLost> told = losses(held);
            cluster.delete(cluster.first().key());
            assertThatThrownBy(held::renew).isInstanceOf(LockLostException.class);
            assertThat(held.isHeld()).isFalse();
            assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.FORCED);
        }

        @Test
        void ofAKeyThatWasMadeAgainByOthersSaysThatTheLockIsLost() {
            String key = cluster.first().key();
            cluster.delete(key);
            cluster.memory.txn(Txn.always(Op.put(key, Bytes.utf8("{}"), 0))).join();
            assertThatThrownBy(held::renew).isInstanceOf(LockLostException.class);
            cluster.delete(key);
        }

        @Test
        void ofALeaseThatIsGoneSaysThatTheLockIsLost() {
            a.store.watches().cut();
            a.store.dropLeases().join();
            assertThatThrownBy(held::renew)
                    .isInstanceOfSatisfying(
                            LockLostException.class,
                            e -> assertThat(e.lost())
                                    .hasValueSatisfying(
                                            loss -> assertThat(loss.reason()).isEqualTo(LockLostReason.SESSION)));
        }

        @Test
        void ofALostLockSaysSo() {
            a.store.dropLeases().join();
            assertThatThrownBy(held::renew)
                    .isInstanceOfSatisfying(
                            LockLostException.class, e -> assertThat(e.lost()).isPresent());
            assertRefused(() -> held.renew(LONGER), ErrorCode.LOCK_LOST);
        }

        @Test
        void ofAReleasedLockIsClosed() {
            held.close();
            assertThatThrownBy(held::renew).isInstanceOf(CoordinationClosedException.class);
            assertRefused(() -> held.renew(LONGER), ErrorCode.CLOSED);
        }

        @Test
        void withoutAnAnswerLeavesTheLockHeld() {
            FaultRule renewals = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
            assertThatThrownBy(held::renew)
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR));
            assertThat(held.isHeld()).isTrue();
            renewals.end();
        }

        @Test
        void interruptedIsCancelledAndLeavesTheLockHeld() {
            HeldCalls renewal = a.store.onNext(StoreCall.Renewal.class).hold();
            Caller<Boolean> renewing = Caller.of(() -> {
                held.renew();
                return true;
            });
            renewing.interrupt();
            assertThat(renewing.failure())
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            renewal.release();
            assertThat(held.isHeld()).isTrue();
        }
    }

    @Nested
    class WithAnotherTtl {

        private final long lease = cluster.first().lease();
        private final long made = cluster.first().createRevision();
        private final long token = held.fencingToken();

        private void assertMoved() {
            assertThat(cluster.first().lease()).isNotEqualTo(lease);
            assertThat(cluster.first().createRevision()).isEqualTo(made);
            assertThat(held.fencingToken()).isEqualTo(token);
            assertThat(held.ttl()).isEqualTo(LONGER);
            assertThat(held.isHeld()).isTrue();
        }

        @Test
        void movesTheKeyAndKeepsPlaceAndToken() {
            held.renew(LONGER);
            assertMoved();
            assertThat(held.remaining()).isGreaterThan(Cluster.TTL);
        }

        @Test
        void roundsUpToSeconds() {
            held.renew(Duration.ofMillis(29_001));
            assertMoved();
        }

        @Test
        void refusesABadTtl() {
            assertThatThrownBy(() -> held.renew(Duration.ofSeconds(1)))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                    .hasMessageContaining("ttl");
        }

        @Test
        void theEndOfTheOldLeaseDoesNotTouchTheKey() {
            held.renew(LONGER);
            a.store.dropLease(lease).join();
            cluster.time.advance(LONGER);
            assertMoved();
        }

        @Test
        void theEndOfTheNewLeaseLosesTheLock() {
            List<LockLost> told = losses(held);
            held.renew(LONGER);
            a.store.dropLease(cluster.first().lease()).join();
            assertThat(told).hasSize(1);
            assertThat(held.isHeld()).isFalse();
        }

        @Test
        void isFoundDoneWhenItsAnswerWasLost() {
            a.store.onNextTxn(Sent::rebind).loseAnswer();
            assertRefusedWithoutAnswer();
            assertThat(cluster.first().lease()).isNotEqualTo(lease);
            cluster.moment();
            assertMoved();
            a.store.dropLease(lease).join();
            assertMoved();
        }

        @Test
        void isDoneInTheBackgroundWhenItsRequestWasLost() {
            a.store.onNextTxn(Sent::rebind).loseRequest();
            assertRefusedWithoutAnswer();
            assertThat(cluster.first().lease()).isEqualTo(lease);
            cluster.moment();
            assertMoved();
        }

        private void assertRefusedWithoutAnswer() {
            assertThatThrownBy(() -> held.renew(LONGER))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR));
            assertThat(held.isHeld()).isTrue();
        }

        /** While it is open which lease the key is on, the end of either is the end of the lock. */
        @Test
        void whileItIsOpenTheShorterLeaseCounts() {
            FaultRule lost = a.store.onEveryTxn(Sent::rebind).loseRequest();
            assertRefusedWithoutAnswer();
            assertThat(held.remaining()).isLessThan(Cluster.TTL);
            List<LockLost> told = losses(held);
            a.store.dropLease(lease).join();
            assertThat(told).hasSize(1);
            lost.end();
        }

        @Test
        void whileItIsOpenTheShorterLeaseCountsAlsoWhenItIsTheNewOne() {
            held.renew(LONGER);
            FaultRule lost = a.store.onEveryTxn(Sent::rebind).loseRequest();
            assertThatThrownBy(() -> held.renew(Cluster.TTL)).isInstanceOf(CoordinationException.class);
            assertThat(held.remaining()).isLessThan(Cluster.TTL);
            List<LockLost> told = losses(held);
            a.store.watches().cut();
            FaultRule renewals = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
            cluster.time.advance(Cluster.TTL);
            assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.EXPIRED);
            lost.end();
            renewals.end();
        }

        /** The old lease is lost while the key is on the new one already: it must not stay there. */
        @Test
        void aLossMeanwhileRemovesTheKeyFromTheNewLease() {
            FaultRule lost = a.store.onEveryTxn(Sent::rebind).loseAnswer();
            assertRefusedWithoutAnswer();
            assertThat(cluster.first().lease()).isNotEqualTo(lease);
            a.store.dropLease(lease).join();
            assertThat(held.isHeld()).isFalse();
            cluster.moment();
            assertThat(cluster.queue()).isEmpty();
            lost.end();
        }

        @Test
        void aLossMeanwhileRemovesTheKeyEvenWhenThatTakesSeveralAttempts() {
            FaultRule lost = a.store.onEveryTxn(Sent::rebind).loseAnswer();
            FaultRule releases = a.store.onEveryTxn(Sent::release).loseRequest();
            assertRefusedWithoutAnswer();
            a.store.dropLease(lease).join();
            cluster.moment();
            assertThat(cluster.queue()).hasSize(1);
            releases.end();
            cluster.moment();
            assertThat(cluster.queue()).isEmpty();
            lost.end();
        }

        @Test
        void unlockMeanwhileRemovesTheKey() {
            HeldCalls late = a.store.onNextTxn(Sent::rebind).hold();
            Caller<Boolean> renewing = Caller.of(() -> {
                held.renew(LONGER);
                return true;
            });
            assertThat(held.unlock()).isTrue();
            late.release();
            assertThat(cluster.queue()).as("a rebind cannot bring a key back").isEmpty();
            assertThat(renewing.failure()).isInstanceOf(CoordinationClosedException.class);
        }

        @Test
        void aSecondOneMeanwhileIsRefused() {
            FaultRule lost = a.store.onEveryTxn(Sent::rebind).loseRequest();
            assertRefusedWithoutAnswer();
            assertRefused(() -> held.renew(Duration.ofSeconds(40)), ErrorCode.INVALID_STATE);
            assertThat(held.isHeld()).isTrue();
            lost.end();
            cluster.moment();
            assertMoved();
        }

        @Test
        void ofADeletedKeySaysThatTheLockIsLost() {
            cluster.delete(cluster.first().key());
            assertThatThrownBy(() -> held.renew(LONGER)).isInstanceOf(LockLostException.class);
            assertThat(held.isHeld()).isFalse();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void waitersOfTheOldTtlGetTheLockAfterwards() {
            CompletableFuture<LockHandle> local = a.ask();
            CompletableFuture<LockHandle> remote = b.ask();
            held.renew(LONGER);
            held.close();
            granted(remote).close();
            granted(local).close();
        }

        @Test
        void requestsOfTheNewTtlAreHandedTheLockLocally() {
            held.renew(LONGER);
            CompletableFuture<LockHandle> next = a.ask(LockOptions.ofTtl(LONGER));
            int before = a.store.txns().size();
            held.close();
            assertThat(a.store.txns()).as("sent for it").hasSize(before);
            granted(next).close();
        }

        @Test
        void ofATaintedPlaceMovesTheFenceFirst() {
            held.close();
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            HeldCalls fence = a.store.onNextTxn(Sent::close).hold();
            CompletableFuture<LockHandle> asked = a.ask();
            late.timeOut();
            cluster.moment();
            LockHandle tainted = granted(asked);
            Caller<Boolean> renewing = Caller.of(() -> {
                tainted.renew(LONGER);
                return true;
            });
            assertThat(a.store.txns()).noneMatch(Sent::rebind);
            fence.release();
            assertThat(renewing.result()).isTrue();
            tainted.close();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }
    }
}

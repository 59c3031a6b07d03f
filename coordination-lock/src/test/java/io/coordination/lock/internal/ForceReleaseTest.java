package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.admin.LockPlace;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A place that is taken away: only the one that was meant, and its process hears of it. */
class ForceReleaseTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final Node operator = cluster.node();
    private final LockAdmin admin = operator.locks.admin();

    private LockPlace holder() {
        return admin.queue(LOCK).holders().get(0);
    }

    private LockPlace waiter() {
        return admin.queue(LOCK).waiters().get(0);
    }

    private boolean force(LockPlace place) {
        return admin.forceReleaseBreakingExclusion(LOCK, place, "it hangs");
    }

    private static boolean isForce(Txn txn) {
        return txn.success().size() == 2
                && Sent.release(new Txn(txn.compares(), txn.success().subList(0, 1), List.of(), txn.delivery()));
    }

    /** What is below the keys of sessions. */
    private List<String> mail() {
        return cluster.allKeys().stream()
                .filter(key -> key.matches("/test/sessions/[0-9a-f]+/.*"))
                .toList();
    }

    private static void assertEvicted(CompletableFuture<LockHandle> waiting) {
        assertThat(waiting).isCompletedExceptionally();
        assertThatThrownBy(waiting::join)
                .cause()
                .isInstanceOf(LockLostException.class)
                .hasMessageContaining(LOCK)
                .hasMessageContaining("it hangs");
    }

    @Nested
    class OfAHolder {

        private final LockHandle held = a.take();
        private final List<LockLost> told = losses(held);

        @AfterEach
        void release() {
            held.close();
        }

        @Test
        void endsTheHoldAndLetsTheNextBegin() {
            CompletableFuture<LockHandle> next = b.ask();

            assertThat(force(holder())).isTrue();

            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.FORCED);
            assertThat(held.isHeld()).isFalse();
            assertThat(held.unlock()).isFalse();
            assertThat(granted(next).fencingToken()).isGreaterThan(held.fencingToken());
            assertThat(mail()).as("read messages are deleted").isEmpty();
            next.join().close();
        }

        @Test
        void isHeardOfThroughTheMailboxAlone() {
            // In its first 100 ms a hold has no watch of its queue.
            assertThat(a.store.watches().count()).as("the one of the session").isEqualTo(1);
            assertThat(force(holder())).isTrue();
            assertThat(told).hasSize(1);
        }

        @Test
        void isHeardOfAfterAnOutageWithAGap() {
            a.store.watches().cut();
            assertThat(force(holder())).isTrue();
            cluster.compact();
            assertThat(held.isHeld()).as("this is what its name says").isTrue();
            a.store.watches().resume();
            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.FORCED);
            assertThat(mail()).isEmpty();
        }

        @Test
        void leavesTheSessionAndOtherLocksAlone() {
            LockHandle other = granted(a.locks.acquireAsync("another", Node.OPTIONS));
            force(holder());
            assertThat(other.isHeld()).isTrue();
            other.close();
        }

        @Test
        void makesTheNextLocalRequestQueueAgain() {
            CompletableFuture<LockHandle> next = a.ask();
            force(holder());
            assertThat(granted(next).fencingToken()).isGreaterThan(held.fencingToken());
            next.join().close();
        }

        @Test
        void meansThePlaceAndNotALaterOneOfItsProcess() {
            LockPlace seen = holder();
            held.unlock();
            LockHandle again = a.take();
            assertThat(force(seen)).isFalse();
            assertThat(again.isHeld()).isTrue();
            assertThat(mail()).isEmpty();
            again.close();
        }

        @Test
        void meansTheRevisionAndNotTheName() {
            LockPlace seen = holder();
            LockPlace older = new LockPlace(
                    seen.id(),
                    seen.createRevision() - 1,
                    seen.mode(),
                    seen.permits(),
                    seen.label(),
                    seen.since(),
                    seen.process());
            assertThat(force(older)).isFalse();
            assertThat(held.isHeld()).isTrue();
        }

        @Test
        void findsAHolderThatMovedToAnotherLease() {
            held.renew(Cluster.TTL.plusSeconds(5));
            assertThat(force(holder())).isTrue();
            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.FORCED);
        }

        @Test
        void findsAHolderThatMovesJustNow() {
            LockPlace seen = holder();
            HeldCalls txn = operator.store.onNextTxn(ForceReleaseTest::isForce).hold();
            Caller<Boolean> forcing = Caller.of(() -> force(seen));
            held.renew(Cluster.TTL.plusSeconds(5));
            txn.release();
            assertThat(forcing.result()).isTrue();
            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.FORCED);
        }

        @Test
        void comesTooLateWhenItsLeaseIsGone() {
            LockPlace seen = holder();
            HeldCalls txn = operator.store.onNextTxn(ForceReleaseTest::isForce).hold();
            Caller<Boolean> forcing = Caller.of(() -> force(seen));
            a.store.dropLeases().join();
            txn.release();
            assertThat(forcing.result()).isFalse();
        }

        @Test
        void withoutAnAnswerIsOfUnknownOutcomeAndNotSentAgain() {
            operator.store.onNextTxn(ForceReleaseTest::isForce).loseAnswer();
            LockPlace seen = holder();
            assertThatThrownBy(() -> force(seen)).isInstanceOfSatisfying(CoordinationException.class, e -> {
                assertThat(e.outcomeUnknown()).isTrue();
                assertThat(e.code()).isNotEqualTo(ErrorCode.LOCK_LOST);
            });
            assertThat(told).hasSize(1);
        }

        @Test
        void isWrittenToTheLogOnBothSides() {
            try (LogLines log = new LogLines()) {
                LockPlace seen = holder();
                force(seen);
                assertThat(log.warnings())
                        .anySatisfy(line -> assertThat(line)
                                .startsWith("A lock was released by force")
                                .contains(seen.id(), "it hangs", "holder=", "by="))
                        .anySatisfy(line -> assertThat(line)
                                .startsWith("A place of this process was taken away by force")
                                .contains("it hangs"));
                force(seen);
                assertThat(log.warnings()).anySatisfy(line -> assertThat(line).contains("too late"));
            }
        }
    }

    @Nested
    class OfAWaiter {

        private final LockHandle held = b.take();
        private final CompletableFuture<LockHandle> waiting = a.ask();

        @AfterEach
        void release() {
            held.close();
        }

        @Test
        void failsAllThatWaitWithThePlace() {
            CompletableFuture<LockHandle> behind = a.ask();
            assertThat(force(waiter())).isTrue();
            assertEvicted(waiting);
            assertEvicted(behind);
            assertThat(cluster.queue()).hasSize(1);
            assertThat(held.isHeld()).isTrue();
            assertThat(mail()).isEmpty();
        }

        @Test
        void failsThemWhicheverOfTheTwoWatchesIsFirst() {
            // The deletion of the key is seen by the watch of the queue, the message by the watch of the session.
            a.store.watches().cut();
            force(waiter());
            HeldCalls mailbox = a.store.onNext(StoreCall.Range.class).hold();
            a.store.watches().resume();
            mailbox.release();
            assertEvicted(waiting);
        }

        @Test
        void isNotMistakenForADeletionByHand() {
            KeyValue place = cluster.queue().get(1);
            cluster.delete(place.key());
            assertThat(waiting).isNotDone();
            assertThat(cluster.queue()).hasSize(2);
            assertThat(cluster.queue().get(1).key()).isNotEqualTo(place.key());
            waiting.cancel(false);
        }

        @Test
        void leavesALaterRequestAlone() {
            force(waiter());
            CompletableFuture<LockHandle> later = a.ask();
            held.close();
            granted(later).close();
        }

        @Test
        void whoseEnqueueIsNotAnsweredYetFailsItToo() {
            waiting.cancel(false);
            HeldCalls answer = a.store.onNextTxn(Sent::enqueue).holdAnswer();
            CompletableFuture<LockHandle> asked = a.ask();
            assertThat(force(waiter())).isTrue();
            assertThat(asked).isNotDone();
            answer.release();
            cluster.time.advance(Duration.ofSeconds(6));
            assertEvicted(asked);
        }
    }

    @Test
    void ofALeaderEndsTheLeadership() {
        Candidate first = Candidate.of(a, "a");
        Candidate second = Candidate.of(b, "b");
        assertThat(force(holder())).isTrue();
        assertThat(first.leads()).isFalse();
        assertThat(second.leads()).isTrue();
        first.candidacy.close();
        second.candidacy.close();
    }

    @Test
    void ofALeaderWhoDoesNotWatchTheQueueYetIsNoticedByTheMessage() {
        Candidate leader = Candidate.of(a, "a");
        assertThat(force(holder())).isTrue();
        assertThat(leader.told).startsWith("elected").hasSizeGreaterThanOrEqualTo(2);
        leader.candidacy.close();
    }
}

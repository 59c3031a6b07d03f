package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.admin.LockPlace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of a lock that is held for long, and that nobody watches, little is kept; whatever happens to it finds the rest made anew. */
class RestTest {

    private static final Duration A_WHILE = Duration.ofMillis(150);
    private static final Duration OTHER_TTL = Cluster.TTL.plusSeconds(1);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = watchingNoHolds(cluster.node());
    private final Node b = cluster.node();

    private static Node watchingNoHolds(Node node) {
        node.locks.watchedHolds().drainPermits();
        return node;
    }

    @Test
    void isForLocksThatNobodyWatches() {
        a.locks.watchedHolds().release();
        LockHandle watched = granted(a.locks.acquireAsync("watched", Node.OPTIONS));
        LockHandle held = a.take();

        cluster.time.advance(A_WHILE);

        assertThat(a.locks.queuesInUse()).isEqualTo(2);
        assertThat(a.locks.queuesAtRest()).isEqualTo(1);
        watched.close();
        held.close();
    }

    @Test
    void isNotForLocksThatSomebodyOfThisProcessWaitsFor() {
        LockHandle held = a.take();
        CompletableFuture<LockHandle> waiting = a.ask();

        cluster.time.advance(A_WHILE);

        assertThat(a.locks.queuesAtRest()).isZero();
        held.close();
        granted(waiting).close();
    }

    @Nested
    class AtRest {

        private final LockHandle held = restingLock();

        private LockHandle restingLock() {
            LockHandle taken = a.take();
            cluster.time.advance(A_WHILE);
            assertThat(a.locks.queuesAtRest()).isEqualTo(1);
            return taken;
        }

        @Test
        void aLockIsHeldAndRenewed() {
            cluster.time.advance(Cluster.TTL.multipliedBy(3));

            assertThat(held.isHeld()).isTrue();
            held.renew();
            assertThat(a.locks.queuesAtRest())
                    .as("nothing had to be known for that")
                    .isEqualTo(1);
            held.close();
        }

        @Test
        void aLockIsReleasedAndForgotten() {
            assertThat(held.unlock()).isTrue();

            assertThat(a.locks.queuesInUse()).isZero();
            b.take().close();
        }

        @Test
        void aLockGoesToAnotherProcessThatWaited() {
            CompletableFuture<LockHandle> waiting = b.ask();
            held.close();

            assertThat(granted(waiting).fencingToken()).isGreaterThan(held.fencingToken());
            granted(waiting).close();
        }

        @Test
        void aLockGoesToTheNextRequestOfTheSameProcess() {
            CompletableFuture<LockHandle> waiting = a.ask();
            assertThat(waiting).isNotDone();
            assertThat(a.tryOnce()).isEmpty();
            held.close();

            assertThat(granted(waiting).fencingToken()).isGreaterThan(held.fencingToken());
            granted(waiting).close();
        }

        @Test
        void aLockRestsAgainWhenNothingCameOfARequest() {
            assertThat(a.tryOnce()).isEmpty();
            assertThat(a.locks.queuesAtRest()).isZero();

            cluster.time.advance(A_WHILE);

            assertThat(a.locks.queuesAtRest()).isEqualTo(1);
            held.close();
        }

        @Test
        void aLockIsLostWithItsLease() {
            List<LockLost> told = losses(held);
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL);

            assertThat(held.isHeld()).isFalse();
            assertThat(told).hasSize(1);
            assertThat(a.locks.queuesAtRest()).isZero();
            a.store.reconnect();
            cluster.time.advance(Cluster.TTL);
        }

        @Test
        void aLockIsLostWhenAnAuditMissesItsKey() {
            List<LockLost> told = losses(held);
            cluster.delete(cluster.first().key());
            assertThat(held.isHeld()).as("nobody watches").isTrue();

            cluster.time.advance(Cluster.TTL.multipliedBy(2));

            assertThat(held.isHeld()).isFalse();
            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.FORCED);
        }

        @Test
        void aLockCanBeTakenAwayByForce() {
            LockPlace place = b.locks.admin().queue(Cluster.LOCK).holders().get(0);

            b.locks.admin().forceReleaseBreakingExclusion(Cluster.LOCK, place, "a test wants it so");

            assertThat(held.isHeld()).isFalse();
        }

        @Test
        void aLockMovesToALeaseOfAnotherTtl() {
            held.renew(OTHER_TTL);

            assertThat(held.ttl()).isEqualTo(OTHER_TTL);
            cluster.time.advance(A_WHILE);
            assertThat(a.locks.queuesAtRest()).isEqualTo(1);
            assertThat(held.unlock()).isTrue();
        }

        @Test
        void aLockEndsWithTheCoordinator() {
            List<LockLost> told = losses(held);

            assertThat(a.close()).isCompleted();

            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.CLOSED);
        }
    }

    @Test
    void aLockForWritingBecomesOneForReading() {
        LockHandle writing = granted(a.locks.acquireAsync(Cluster.LOCK, Node.OPTIONS));
        cluster.time.advance(A_WHILE);
        assertThat(a.locks.queuesAtRest()).isEqualTo(1);

        LockHandle reading = a.locks.readWrite(Cluster.LOCK).downgrade(writing);

        LockHandle other = granted(b.locks.readWrite(Cluster.LOCK).read().acquireAsync(Node.OPTIONS));
        assertThat(reading.isHeld()).isTrue();
        reading.close();
        other.close();
    }
}

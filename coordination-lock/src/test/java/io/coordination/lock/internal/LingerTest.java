package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A lock that was closed waits a moment for the next request of its process before its key goes. */
class LingerTest {

    private static final Duration LINGER = Duration.ofNanos(200_000);

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node(LINGER);
    private final Node b = cluster.node();

    @AfterEach
    void nothingStays() {
        cluster.assertNothingStays();
    }

    private long txns() {
        return a.store.txns().size();
    }

    @Test
    void itGoesWhenNobodyComes() {
        a.take().close();
        assertThat(cluster.queue()).hasSize(1);

        cluster.time.advance(LINGER);

        assertThat(cluster.queue()).isEmpty();
        assertThat(a.locks.queuesInUse()).isZero();
    }

    @Test
    void itGoesAtOnceWhenItWasHeldForLong() {
        LockHandle held = a.take();
        cluster.time.advance(Duration.ofMillis(10));

        held.close();

        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void itGoesAtOnceWhenSeveralHoldsHaveLastedForLong() {
        a.take().close();
        LockHandle again = a.take();
        cluster.time.advance(Duration.ofMillis(10));

        again.close();

        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void whoWaitsForTheReleaseDoesNotWaitForThatMoment() {
        assertThat(a.take().unlock()).isTrue();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void theNextRequestGoesOnWithTheSameKey() {
        LockHandle first = a.take();
        first.close();
        long before = txns();

        LockHandle second = a.take();

        assertThat(txns()).isEqualTo(before);
        assertThat(second.fencingToken()).isEqualTo(first.fencingToken() + 1);
        second.unlock();
    }

    @Test
    void aSingleTryGetsItAtOnce() {
        a.take().close();
        LockHandle tried = a.tryOnce().orElseThrow();
        assertThat(tried.isHeld()).isTrue();
        tried.unlock();
    }

    @Test
    void nobodyGoesOnWithAKeyUnderWhichSomethingMayStillTakeEffect() {
        Hold held = (Hold) a.take();
        held.giveUp(LockLostReason.WATCHDOG, Optional.empty());
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void aLeaseOfItsOwnServesNobodyElse() {
        a.take(Node.OPTIONS.toBuilder().fixedTtl(true).build()).close();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void aRequestOfAnotherKindEndsIt() {
        a.take().close();

        LockHandle reading = granted(a.locks.readWrite(Cluster.LOCK).read().acquireAsync(Node.OPTIONS));

        assertThat(cluster.queue()).hasSize(1);
        reading.unlock();
    }

    @Test
    void itGoesWhenTheCoordinatorIsClosed() {
        a.take().close();
        assertThat(a.locks.closeAsync()).isCompleted();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void itsLossIsNobodysLoss() {
        a.take().close();
        cluster.delete(cluster.first().key());
        cluster.time.advance(LINGER);
        assertThat(a.locks.queuesInUse()).isZero();
    }

    @Nested
    class WhileAnotherProcessWaits {

        private final LockHandle held = a.take(Node.STRICT);
        private final CompletableFuture<LockHandle> waiting = b.ask();

        @Test
        void theOtherOneIsServedAfterThatMoment() {
            held.close();
            assertThat(waiting).isNotDone();

            cluster.time.advance(LINGER);

            granted(waiting).close();
        }

        @Test
        void aRequestWhoseTurnIsOverQueuesAgainInTheSameTransaction() {
            long before = txns();
            held.close();
            CompletableFuture<LockHandle> again = a.ask(Node.STRICT);

            assertThat(again).isNotDone();
            assertThat(txns()).isEqualTo(before + 1);
            granted(waiting).close();
            granted(again).unlock();
        }

        @Test
        void whoComesWhileItIsHeldAgainWaits() {
            held.close();
            LockHandle again = a.take();
            CompletableFuture<LockHandle> third = a.ask(Node.STRICT);

            assertThat(again.isHeld()).isTrue();
            assertThat(waiting).isNotDone();
            again.unlock();
            granted(waiting).close();
            granted(third).unlock();
        }

        @Test
        void aSingleTryWhoseTurnIsOverGetsNothing() throws InterruptedException {
            held.close();
            LockOptions once = Node.STRICT.toBuilder().waitTime(Duration.ZERO).build();
            assertThat(a.locks.tryAcquire(Cluster.LOCK, once)).isEmpty();
            granted(waiting).close();
        }
    }
}

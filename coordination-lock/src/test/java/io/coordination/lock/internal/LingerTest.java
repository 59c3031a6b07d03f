package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A lock that was closed waits a moment for the next request of its process before its key goes. */
class LingerTest {

    private static final Duration LINGER = Duration.ofNanos(200_000);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node(LINGER);
    private final Node b = cluster.node();
    private final LockHandle held = takenAfterWaiting(Node.OPTIONS);

    /** Whoever has waited watches the queue. */
    private LockHandle takenAfterWaiting(LockOptions options) {
        LockHandle other = b.take();
        CompletableFuture<LockHandle> asked = a.ask(options);
        other.unlock();
        return granted(asked);
    }

    private long txns() {
        return a.store.txns().size();
    }

    @Test
    void itGoesWhenNobodyComes() {
        held.close();
        assertThat(cluster.queue()).hasSize(1);

        cluster.time.advance(LINGER);

        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void aLockThatNobodyElseWantedGoesAtOnce() {
        held.unlock();
        LockHandle other = granted(a.locks.acquireAsync("unwanted", Node.OPTIONS));

        other.close();

        assertThat(cluster.queue("unwanted")).isEmpty();
    }

    @Test
    void itGoesAtOnceWhenItWasHeldForLong() {
        cluster.time.advance(Duration.ofMillis(10));

        held.close();

        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void itGoesAtOnceWhenSeveralHoldsHaveLastedForLong() {
        held.close();
        LockHandle again = a.take();
        cluster.time.advance(Duration.ofMillis(10));

        again.close();

        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void whoWaitsForTheReleaseDoesNotWaitForThatMoment() {
        assertThat(held.unlock()).isTrue();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void theNextRequestGoesOnWithTheSameKey() {
        held.close();
        long before = txns();

        LockHandle second = a.take();

        assertThat(txns()).isEqualTo(before);
        assertThat(second.fencingToken()).isEqualTo(held.fencingToken() + 1);
        second.unlock();
    }

    @Test
    void aSingleTryGetsItAtOnce() {
        held.close();
        LockHandle tried = a.tryOnce().orElseThrow();
        assertThat(tried.isHeld()).isTrue();
        tried.unlock();
    }

    @Test
    void nobodyGoesOnWithAKeyUnderWhichSomethingMayStillTakeEffect() {
        ((Hold) held).giveUp(LockLostReason.WATCHDOG, Optional.empty());
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void aLeaseOfItsOwnServesNobodyElse() {
        held.unlock();
        takenAfterWaiting(Node.OPTIONS.toBuilder().fixedTtl(true).build()).close();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void aRequestOfAnotherKindEndsIt() {
        held.close();

        LockHandle reading = granted(a.locks.readWrite(Cluster.LOCK).read().acquireAsync(Node.OPTIONS));

        assertThat(cluster.queue()).hasSize(1);
        reading.unlock();
    }

    @Test
    void itGoesWhenTheCoordinatorIsClosed() {
        held.close();
        assertThat(a.locks.closeAsync()).isCompleted();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void itsLossIsNobodysLoss() {
        held.close();
        cluster.delete(cluster.first().key());
        cluster.time.advance(LINGER);
        assertThat(cluster.queue()).isEmpty();
    }

    @Nested
    class WhileAnotherProcessWaits {

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

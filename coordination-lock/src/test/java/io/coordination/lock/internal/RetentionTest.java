package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.NamedLock;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Locks that stay with a process although nobody holds them. */
class RetentionTest {

    private static final Duration RETAIN = Duration.ofSeconds(3);
    private static final LockOptions RETAINING =
            Node.OPTIONS.toBuilder().retain(RETAIN).build();

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    /** An idle lock of {@code a}, and the token of its last hold. */
    private long retained() {
        LockHandle held = a.take(RETAINING);
        assertThat(held.unlock()).isTrue();
        assertThat(cluster.queue()).hasSize(1);
        return held.fencingToken();
    }

    @Test
    void takingItAgainSendsNothing() {
        long token = retained();
        int before = a.store.calls().size();
        for (int i = 1; i <= 20; i++) {
            LockHandle again = a.take(RETAINING);
            assertThat(again.fencingToken()).isEqualTo(token + i);
            again.close();
        }
        assertThat(a.store.calls()).hasSize(before);
    }

    @Test
    void aTryGetsItToo() {
        retained();
        assertThat(new LockInMode(a.locks, Cluster.LOCK, PlaceMode.EXCLUSIVE).tryOnce(RETAINING))
                .hasValueSatisfying(LockHandle::close);
        assertThat(a.tryOnce()).as("of who does not retain").hasValueSatisfying(LockHandle::close);
    }

    @Test
    void theKeySaysSo() {
        retained();
        assertThat(cluster.first().value().utf8()).contains("\"k\":1");
    }

    @Test
    void itGoesWhenTheTimeHasPassed() {
        retained();
        cluster.time.advance(RETAIN.minusMillis(1));
        assertThat(cluster.queue()).hasSize(1);
        cluster.time.advance(Duration.ofMillis(1));
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void theTimeCountsFromTheLastRelease() {
        retained();
        cluster.time.advance(RETAIN.minusMillis(1));
        LockHandle again = a.take(RETAINING);
        cluster.time.advance(Duration.ofSeconds(1));
        assertThat(again.isHeld()).isTrue();
        again.close();
        cluster.time.advance(RETAIN.minusMillis(1));
        assertThat(cluster.queue()).hasSize(1);
    }

    @Test
    void itGoesWhenSomebodyElseQueues() {
        retained();
        granted(b.ask()).close();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void itIsNotRetainedWhileSomebodyElseWaits() {
        LockHandle held = a.take(RETAINING);
        CompletableFuture<LockHandle> waiting = b.ask();
        held.close();
        granted(waiting).close();
    }

    /** A try leaves no trace, so the process that retains would not hear of it. */
    @Test
    void aTryElsewhereQueuesForAMoment() {
        retained();
        LockHandle tried = b.tryOnce().orElseThrow();
        assertThat(tried.isHeld()).isTrue();
        tried.close();
    }

    @Test
    void aTryElsewhereGivesUpWhenTheLockIsHeldAfterAll() {
        LockHandle held = a.take(RETAINING);
        CompletableFuture<Optional<LockHandle>> tried = b.locks.tryAcquireAsync(Cluster.LOCK, Node.OPTIONS);
        assertThat(tried).isNotDone();
        cluster.time.advance(Duration.ofMillis(100));
        assertThat(tried.join()).isEmpty();
        assertThat(cluster.queue()).hasSize(1);
        held.close();
    }

    @Test
    void itGoesWhenTheWatchBreaks() {
        retained();
        a.store.watches().cut();
        assertThat(cluster.queue()).isEmpty();
        a.store.watches().resume();
    }

    @Test
    void itGoesWhenTheServerIsNotHeardForASecond() {
        retained();
        a.store.watches().hold();
        FaultRule reads = a.store.onEvery(StoreCall.Range.class).loseRequest();
        cluster.time.advance(Duration.ofSeconds(1));
        assertThat(cluster.queue()).isEmpty();
        reads.end();
        a.store.watches().release();
    }

    @Test
    void aWaiterIsFoundByAReadWhenTheWatchDoesNotTell() {
        retained();
        a.store.watches().hold();
        CompletableFuture<LockHandle> waiting = b.ask();
        assertThat(waiting).isNotDone();
        cluster.time.advance(Duration.ofSeconds(1));
        granted(waiting).close();
        a.store.watches().release();
    }

    @Test
    void withoutALiveWatchNothingIsRetained() {
        a.store.watches().hold();
        a.take(RETAINING).close();
        assertThat(cluster.queue()).isEmpty();
        a.store.watches().release();
    }

    @Test
    void aHoldThatMayNotBeHandedOverIsNotRetained() {
        Hold held = (Hold) a.take(RETAINING);
        held.giveUp(LockLostReason.WATCHDOG, Optional.empty());
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void aRequestOfAnotherKindEndsIt() {
        retained();
        granted(a.ask(LockOptions.ofTtl(Duration.ofSeconds(15)))).close();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void readersRetainUntilAWriterComes() {
        NamedLock read = a.locks.readWrite(Cluster.LOCK).read();
        read.acquireAsync(RETAINING).join().close();
        assertThat(cluster.queue()).hasSize(1);
        LockHandle other = b.locks
                .readWrite(Cluster.LOCK)
                .read()
                .acquireAsync(Node.OPTIONS)
                .join();
        assertThat(cluster.queue()).as("readers do not disturb each other").hasSize(2);
        other.close();
        granted(b.ask()).close();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void theOneThatWasIdleForLongestGoesWhenThereAreTooMany() {
        for (int i = 0; i <= RetainedLocks.MOST; i++) {
            a.locks.acquireAsync("n" + i, RETAINING).join().close();
        }
        assertThat(cluster.queue("n0")).isEmpty();
        assertThat(cluster.queue("n1")).hasSize(1);
        assertThat(cluster.queue("n" + RetainedLocks.MOST)).hasSize(1);
    }

    @Test
    void closingTheCoordinatorReleasesIt() {
        retained();
        a.close().join();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void theLossOfTheLeaseEndsIt() {
        retained();
        a.store.dropLeases().join();
        a.take(RETAINING).close();
    }

    @Test
    void aFixedTtlCannotBeRetained() {
        assertThatThrownBy(() -> RETAINING.toBuilder().fixedTtl().build())
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                .hasMessageContaining("retain");
    }
}

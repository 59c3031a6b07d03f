package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiting in a queue while its watch comes late, breaks, or loses its history. */
class QueueWatchTest {

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final LockHandle held = b.take();

    @AfterEach
    void nothingStays() {
        held.close();
        cluster.assertNothingStays();
    }

    @Test
    void aWaiterNeedsNoReadWhenTheWatchTellsAll() {
        a.ask().cancel(false);
        cluster.moment();
        CompletableFuture<LockHandle> waiting = a.ask();
        long reads = reads();
        held.close();
        granted(waiting).close();
        assertThat(reads()).isEqualTo(reads);
    }

    private long reads() {
        return a.store.calls().stream()
                .filter(StoreCall.Range.class::isInstance)
                .count();
    }

    @Test
    void aDeleteBeforeTheWatchOpensIsFoundByTheReadAfterwards() {
        a.store.watches().hold();
        CompletableFuture<LockHandle> waiting = a.ask();
        held.close();
        assertThat(waiting).isNotDone();
        a.store.watches().release();
        granted(waiting).close();
    }

    @Test
    void aDeleteWhileTheAnswerIsUnderWayIsNotForgotten() {
        a.ask().cancel(false);
        cluster.moment();
        HeldCalls answer = a.store.onNextTxn(Sent::enqueue).holdAnswer();
        CompletableFuture<LockHandle> waiting = a.ask();
        held.close();
        long reads = reads();
        answer.release();
        granted(waiting).close();
        assertThat(reads()).as("the watch told it before the answer came").isEqualTo(reads);
    }

    @Test
    void aCutWatchGoesOnWhereItStood() {
        CompletableFuture<LockHandle> waiting = a.ask();
        a.store.watches().cut();
        held.close();
        assertThat(waiting).isNotDone();
        a.store.watches().resume();
        granted(waiting).close();
    }

    @Test
    void compactionWhileWaitingCostsARead() {
        CompletableFuture<LockHandle> waiting = a.ask();
        a.store.watches().cut();
        held.close();
        cluster.compact();
        a.store.watches().resume();
        granted(waiting).close();
    }

    @Test
    void compactionWithoutAnyChangeOfTheQueueKeepsWaiting() {
        CompletableFuture<LockHandle> waiting = a.ask();
        a.store.watches().loseHistory(cluster.revision());
        assertThat(waiting).isNotDone();
        held.close();
        granted(waiting).close();
    }

    @Test
    void compactionBehindAKeyThatAnOperatorDeletedMakesNoOwner() {
        CompletableFuture<LockHandle> waiting = a.ask();
        String place = cluster.queue().get(1).key();
        a.store.watches().cut();
        cluster.delete(place);
        held.close();
        LockHandle other = cluster.node().take();
        cluster.compact();
        a.store.watches().resume();
        assertThat(waiting).isNotDone();
        assertThat(other.isHeld()).isTrue();
        other.close();
        granted(waiting).close();
    }

    /** Servers have been known to lose events: then the queue is read every few seconds. */
    @Test
    void aWatchThatLosesEventsDelaysButDoesNotBlock() {
        CompletableFuture<LockHandle> waiting = a.ask();
        a.store.watches().hold();
        held.close();
        cluster.time.advance(Duration.ofSeconds(2));
        assertThat(waiting).isNotDone();
        cluster.time.advance(Duration.ofSeconds(3));
        granted(waiting).close();
        a.store.watches().release();
    }

    @Test
    void aReadThatFailsIsRepeated() {
        a.store.watches().hold();
        CompletableFuture<LockHandle> waiting = a.ask();
        FaultRule reads = a.store.onEvery(StoreCall.Range.class).loseRequest();
        held.close();
        a.store.watches().release();
        assertThat(waiting).isNotDone();
        reads.end();
        cluster.moment();
        granted(waiting).close();
    }

    @Test
    void aReadFromBeforeACutDoesNotCount() {
        a.store.watches().hold();
        CompletableFuture<LockHandle> waiting = a.ask();
        HeldCalls read = a.store.onNext(StoreCall.Range.class).holdAnswer();
        a.store.watches().release();
        a.store.watches().loseHistory(cluster.revision());
        held.close();
        read.release();
        cluster.moment();
        granted(waiting).close();
    }

    @Test
    void slowEventsDelayTheGrantOnly() {
        a.store.watches().delay(Duration.ofMillis(70));
        CompletableFuture<LockHandle> waiting = a.ask();
        cluster.moment();
        held.close();
        assertThat(waiting).isNotDone();
        cluster.time.advance(Duration.ofMillis(70));
        granted(waiting).close();
    }

    @Test
    void anIdleWatchCloses() {
        a.ask().cancel(false);
        cluster.moment();
        assertThat(a.store.watches().count()).as("session and queue").isEqualTo(2);
        cluster.time.advance(Duration.ofSeconds(6));
        assertThat(a.store.watches().count()).isEqualTo(1);
        assertThat(a.locks.queuesInUse()).isZero();
    }

    @Test
    void aWatchThatIsUsedAgainStaysOpen() {
        for (int i = 0; i < 4; i++) {
            a.ask().cancel(false);
            cluster.time.advance(Duration.ofSeconds(3));
        }
        assertThat(a.store.watches().count()).isEqualTo(2);
    }
}

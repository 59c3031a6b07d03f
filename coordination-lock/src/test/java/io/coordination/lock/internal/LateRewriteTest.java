package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.store.KeyValue;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A copy of a put that comes late does not undo what was put since. */
class LateRewriteTest {

    private static final Duration OTHER_TTL = Cluster.TTL.plusSeconds(1);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final Hold held = (Hold) a.take();

    /** A move whose first copy is still on its way. */
    private HeldCalls moveTwice() {
        HeldCalls first = a.store.onNextTxn(Sent::rebind).hold();
        CompletableFuture<Void> moved = held.renewAsync(Optional.of(OTHER_TTL));
        first.timeOut();
        assertThat(moved).isCompletedExceptionally();
        cluster.moment();
        assertThat(held.ttl()).isEqualTo(OTHER_TTL);
        return first;
    }

    @Test
    void aMoveDoesNotComeBackAfterTheNextOne() {
        long home = cluster.first().lease();
        HeldCalls late = moveTwice();
        assertThat(held.renewAsync(Optional.of(Cluster.TTL))).isCompleted();

        late.release();

        assertThat(cluster.first().lease()).isEqualTo(home);
        cluster.time.advance(Cluster.TTL.multipliedBy(2));
        assertThat(held.isHeld()).isTrue();
        held.unlock();
    }

    @Test
    void aMoveDoesNotMakeASharedLockExclusiveAgain() {
        HeldCalls late = moveTwice();
        LockHandle reading = a.locks.readWrite(Cluster.LOCK).downgrade(held);
        KeyValue shared = cluster.first();

        late.release();

        assertThat(cluster.first()).isEqualTo(shared);
        granted(b.locks.readWrite(Cluster.LOCK).read().acquireAsync(Node.OPTIONS))
                .unlock();
        reading.unlock();
    }

    @Test
    void aMoveWhoseAnswerWasLostIsFoundDone() {
        a.store.onNextTxn(Sent::rebind).loseAnswer();
        CompletableFuture<Void> moved = held.renewAsync(Optional.of(OTHER_TTL));
        assertThat(moved).isCompletedExceptionally();
        long moves = moves();

        cluster.moment();

        assertThat(moves()).isEqualTo(moves + 1);
        assertThat(held.ttl()).isEqualTo(OTHER_TTL);
        held.unlock();
    }

    private long moves() {
        return a.store.txns().stream().filter(Sent::rebind).count();
    }
}

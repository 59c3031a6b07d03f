package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationClosedException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The end of a coordinator, or of a module's locks. */
class CloseTest {

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private static Throwable failure(CompletableFuture<LockHandle> asked) {
        assertThat(asked).isDone();
        return asked.handle((held, failure) -> failure).join();
    }

    @Test
    void freesEverythingAtOnce() {
        List<LockHandle> held = IntStream.range(0, 20)
                .mapToObj(i -> a.locks.tryAcquire("n" + i, Cluster.TTL).orElseThrow())
                .toList();
        CompletableFuture<LockHandle> waiting = b.locks.acquireAsync("n7", Node.OPTIONS);
        List<LockLost> told = losses(held.get(0));
        assertThat(a.close()).isCompleted();
        assertThat(held).noneMatch(LockHandle::isHeld);
        assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.CLOSED);
        assertThat(a.store.leases()).isEmpty();
        granted(waiting);
    }

    @Test
    void locksGoBeforeTheirLease() {
        LockHandle held = a.take();
        assertThat(a.locks.closeAsync()).isCompleted();
        assertThat(cluster.queue()).isEmpty();
        assertThat(held.unlock()).isFalse();
        held.close();
    }

    @Test
    void whoWaitsLearnsIt() {
        LockHandle held = b.take();
        CompletableFuture<LockHandle> waiting = a.ask();
        Caller<LockHandle> blocked = Caller.of(() -> a.locks.acquire(LOCK, Cluster.TTL));
        a.close().join();
        assertThat(failure(waiting)).isInstanceOf(CoordinationClosedException.class);
        assertThat(blocked.failure()).isInstanceOf(CoordinationClosedException.class);
        assertThat(cluster.queue()).hasSize(1);
        held.close();
    }

    @Test
    void whoWaitsForHisSessionLearnsIt() {
        HeldCalls grant = a.store.onNext(StoreCall.Grant.class).hold();
        CompletableFuture<LockHandle> waiting = a.ask();
        CompletableFuture<Void> closed = a.close();
        assertThat(failure(waiting)).isInstanceOf(CoordinationClosedException.class);
        grant.release();
        assertThat(closed).isCompleted();
        assertThat(cluster.allKeys()).isEmpty();
    }

    @Test
    void whoIsJoiningTheQueueLeavesNoKey() {
        HeldCalls enqueue = a.store.onNextTxn(Sent::enqueue).hold();
        CompletableFuture<LockHandle> waiting = a.ask();
        CompletableFuture<Void> closed = a.locks.closeAsync();
        assertThat(failure(waiting)).isInstanceOf(CoordinationClosedException.class);
        assertThat(closed).as("not before the key is certainly gone").isNotDone();
        enqueue.release();
        assertThat(closed).isCompleted();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void waitsForReleasesThatAreUnderWay() {
        HeldCalls release = a.store.onNextTxn(Sent::release).hold();
        a.take().close();
        CompletableFuture<Void> closed = a.locks.closeAsync();
        assertThat(closed).isNotDone();
        release.release();
        assertThat(closed).isCompleted();
    }

    @Test
    void waitsForAnAttemptThatFailedAndMayStillArrive() {
        FaultRule enqueues = a.store.onEveryTxn(Sent::enqueue).loseAnswer();
        HeldCalls fence = a.store.onEveryTxn(Sent::close).hold();
        CompletableFuture<LockHandle> asked = a.ask();
        cluster.time.advance(Cluster.REQUEST_TIMEOUT.plusMillis(200));
        assertThat(asked).isCompletedExceptionally();
        CompletableFuture<Void> closed = a.locks.closeAsync();
        assertThat(closed).isNotDone();
        enqueues.end();
        fence.release();
        assertThat(closed).isCompleted();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void withoutAServerTheSessionsEndAnyway() {
        LockHandle held = a.take();
        a.store.disconnect();
        a.locks.closeAsync();
        assertThat(a.sessions.closeAsync()).isCompleted();
        assertThat(held.isHeld()).isFalse();
        cluster.time.advance(Cluster.TTL.plusSeconds(1));
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void afterwardsEveryRequestIsRefused() {
        a.close().join();
        assertThat(failure(a.ask())).isInstanceOf(CoordinationClosedException.class);
        assertThatThrownBy(a::tryOnce).isInstanceOf(CoordinationClosedException.class);
        assertThatThrownBy(() -> a.locks.acquire(LOCK, Cluster.TTL)).isInstanceOf(CoordinationClosedException.class);
        assertThat(cluster.allKeys()).isEmpty();
    }

    @Test
    void isWhatRequestsLearnEvenWhenTheCallbackThreadsAreGone() {
        a.close().join();
        a.refusesCallbacks = true;
        assertThat(failure(a.ask())).isInstanceOf(CoordinationClosedException.class);
    }

    @Test
    void twiceIsNoError() {
        a.take();
        a.close().join();
        assertThat(a.close()).isCompleted();
    }

    @Test
    void sessionsClosedFirstEndTheLocksToo() {
        LockHandle held = a.take();
        CompletableFuture<LockHandle> next = a.ask();
        List<LockLost> told = losses(held);
        a.sessions.closeAsync().join();
        assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.CLOSED);
        assertThat(failure(next)).isInstanceOf(CoordinationClosedException.class);
        assertThat(cluster.allKeys()).isEmpty();
    }

    @Test
    void ofAModuleLeavesTheOthersAlone() {
        LockHandle held = a.take();
        QueueLocks module = a.locks.ofModule(a.env.ofModule("billing", a.env.log()));
        LockHandle inModule = module.tryAcquire(LOCK, Cluster.TTL).orElseThrow();
        module.closeAsync().join();
        assertThat(inModule.isHeld()).isFalse();
        assertThat(held.isHeld()).isTrue();
        assertThat(cluster.allKeys()).hasSize(2);
        held.close();
        cluster.assertNothingStays();
    }

    /** The session is shared, so what the module reserved and did not use must be given back. */
    @Test
    void ofAModuleThatWaitsForASessionGivesItsRoomBack() {
        HeldCalls grant = a.store.onNext(StoreCall.Grant.class).hold();
        QueueLocks module = a.locks.ofModule(a.env.ofModule("billing", a.env.log()));
        CompletableFuture<LockHandle> waiting = module.acquireAsync(LOCK, Node.OPTIONS);
        module.closeAsync();
        grant.release();
        assertThat(failure(waiting)).isInstanceOf(CoordinationClosedException.class);
        cluster.assertNothingStays();
    }
}

package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Locks that end by themselves: on a lease of their own, renewed while they wait, once at the grant, never afterwards. */
class FixedTtlTest {

    private static final LockOptions FIXED = Node.OPTIONS.toBuilder().fixedTtl().build();

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private long renewalsOf(long lease) {
        return a.store.calls().stream()
                .filter(call -> call instanceof StoreCall.Renewal renewal && renewal.leaseId() == lease)
                .count();
    }

    @Test
    void endsAfterItsTtlAlthoughItsProcessLives() {
        LockHandle held = a.take(FIXED);
        List<LockLost> told = losses(held);
        long lease = cluster.first().lease();
        cluster.time.advance(Cluster.TTL.minusSeconds(2));
        assertThat(held.isHeld()).isTrue();
        cluster.time.advance(Duration.ofSeconds(2));
        assertThat(held.isHeld()).isFalse();
        assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.EXPIRED);
        assertThat(renewalsOf(lease)).isZero();
        assertThat(b.tryOnce()).hasValueSatisfying(LockHandle::close);
    }

    @Test
    void aQuestionAfterASuspendDoesNotProlongIt() {
        LockHandle held = a.take(FIXED);
        long lease = cluster.first().lease();
        cluster.time.advance(Duration.ofSeconds(5));
        cluster.time.jumpWall(Duration.ofSeconds(5));
        assertThat(held.isHeld()).isFalse();
        assertThat(renewalsOf(lease)).isZero();
        held.renew();
        assertThat(held.isHeld()).isTrue();
        held.close();
    }

    @Test
    void isRenewedWhileItWaits() {
        LockHandle held = b.take();
        CompletableFuture<LockHandle> waiting = a.ask(FIXED);
        long place = cluster.queue().get(1).createRevision();
        cluster.time.advance(Cluster.TTL.multipliedBy(5));
        held.close();
        assertThat(granted(waiting).fencingToken()).isEqualTo(place << 16);
        waiting.join().close();
    }

    @Test
    void isRenewedOnceAtTheGrantSoThatTheWholeTtlIsLeft() {
        LockHandle held = b.take();
        CompletableFuture<LockHandle> waiting = a.ask(FIXED);
        long lease = cluster.queue().get(1).lease();
        cluster.time.advance(Cluster.TTL.multipliedBy(2));
        // A renewal younger than a tenth of the TTL would count as the last one.
        long before = renewalsOf(lease);
        while (renewalsOf(lease) == before) {
            cluster.time.advance(Duration.ofMillis(100));
        }
        before++;
        cluster.time.advance(Duration.ofSeconds(2));
        held.close();
        LockHandle fixed = granted(waiting);
        assertThat(renewalsOf(lease)).isEqualTo(before + 1);
        assertThat(fixed.remaining()).isGreaterThan(Cluster.TTL.minusSeconds(1));
        cluster.time.advance(Cluster.TTL.minusSeconds(2));
        assertThat(fixed.isHeld()).isTrue();
        assertThat(renewalsOf(lease)).isEqualTo(before + 1);
        cluster.time.advance(Duration.ofSeconds(3));
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void theGrantWaitsForThatRenewal() {
        LockHandle held = b.take();
        CompletableFuture<LockHandle> waiting = a.ask(FIXED);
        cluster.time.advance(Duration.ofSeconds(3));
        a.store.onNext(StoreCall.Renewal.class).loseRequest();
        held.close();
        assertThat(waiting).isNotDone();
        cluster.moment();
        granted(waiting).close();
    }

    @Test
    void sharesItsLeaseWithNobody() {
        LockHandle fixed = a.take(FIXED);
        LockHandle other = a.locks.tryAcquire("other", Cluster.TTL).orElseThrow();
        assertThat(cluster.queue("other").get(0).lease())
                .isNotEqualTo(cluster.first().lease());
        fixed.close();
        other.close();
    }

    @Test
    void isNotHandedOverLocally() {
        LockHandle fixed = a.take(FIXED);
        CompletableFuture<LockHandle> next = a.ask(FIXED);
        fixed.close();
        granted(next);
        assertThat(a.store.txns()).noneMatch(Sent::requeue);
        next.join().close();
    }

    @Test
    void isReleasedWithItsLease() {
        LockHandle fixed = a.take(FIXED);
        long lease = cluster.first().lease();
        assertThat(fixed.unlock()).isTrue();
        assertThat(a.store.leases()).doesNotContain(lease);
    }

    @Test
    void outlivesItsProcess() {
        LockHandle fixed = a.take(FIXED);
        List<LockLost> told = losses(fixed);
        a.close().join();
        a.store.disconnect();
        assertThat(fixed.isHeld()).isFalse();
        assertThat(told).singleElement().extracting(LockLost::reason).isEqualTo(LockLostReason.CLOSED);
        cluster.time.advance(Cluster.TTL.minusSeconds(1));
        assertThat(b.tryOnce()).isEmpty();
        cluster.time.advance(Duration.ofSeconds(1));
        assertThat(b.tryOnce()).hasValueSatisfying(LockHandle::close);
    }

    @Test
    void thatOnlyWaitedDoesNotOutliveItsProcess() {
        LockHandle held = b.take();
        CompletableFuture<LockHandle> waiting = a.ask(FIXED);
        a.close().join();
        assertThat(waiting).isCompletedExceptionally();
        assertThat(cluster.queue()).hasSize(1);
        held.close();
    }

    @Test
    void withAnotherTtlCountsFromThatRenewalAndIsNotRenewedAfterwards() {
        LockHandle fixed = a.take(FIXED);
        long token = fixed.fencingToken();
        long first = cluster.first().lease();
        cluster.time.advance(Duration.ofSeconds(5));
        fixed.renew(Duration.ofSeconds(20));
        long second = cluster.first().lease();
        assertThat(second).isNotEqualTo(first);
        assertThat(a.store.leases()).as("the old lease is revoked").containsExactly(second);
        assertThat(fixed.fencingToken()).isEqualTo(token);
        cluster.time.advance(Duration.ofSeconds(18));
        assertThat(fixed.isHeld()).isTrue();
        cluster.time.advance(Duration.ofSeconds(2));
        assertThat(fixed.isHeld()).isFalse();
        assertThat(renewalsOf(second)).isZero();
    }

    @Test
    void closedWhileItMovesToAnotherLeaseStaysForItsTtlOnEither() {
        LockHandle fixed = a.take(FIXED);
        var lost = a.store.onEveryTxn(Sent::rebind).loseAnswer();
        Caller<Boolean> renewing = Caller.of(() -> {
            fixed.renew(Duration.ofSeconds(20));
            return true;
        });
        assertThat(renewing.failure()).isNotNull();
        a.close().join();
        lost.end();
        assertThat(cluster.queue()).hasSize(1);
        cluster.time.advance(Duration.ofSeconds(20));
        assertThat(cluster.queue()).isEmpty();
    }
}

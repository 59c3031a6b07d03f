package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who holds, in which order, and with which tokens, when nothing goes wrong. */
class OrderTest {

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();

    @Test
    void aFreeLockIsTakenWithOneKeyAndLeftWithNone() {
        LockHandle held = a.take();
        assertThat(cluster.queue()).hasSize(1);
        assertThat(held.key()).isEqualTo(LOCK);
        assertThat(held.ttl()).isEqualTo(Cluster.TTL);
        assertThat(held.unlock()).isTrue();
        assertThat(held.isHeld()).isFalse();
        assertThat(cluster.queue()).isEmpty();
        cluster.assertNothingStays();
    }

    @Test
    void theKeyHangsOnTheLeaseWithItsNumber() {
        LockHandle held = a.take();
        KeyValue key = cluster.first();
        assertThat(a.store.leases()).containsExactly(key.lease());
        assertThat(key.key()).isEqualTo(cluster.keys.lockKey(LOCK, key.lease(), 1));
        assertThat(key.value().utf8()).startsWith("{\"m\":\"w\",\"o\":\"\",\"t\":\"2030-01-01T00:00:00Z\"");
        held.close();
    }

    @Test
    void theLabelIsShownToOperators() {
        a.take(LockOptions.builder().ttl(Cluster.TTL).label("nightly").build());
        assertThat(cluster.first().value().utf8()).contains("\"o\":\"nightly\"");
    }

    @Test
    void waitersOfTwoProcessesGetTheLockInTheOrderOfTheirKeys() {
        List<String> order = new ArrayList<>();
        LockHandle first = a.take();
        CompletableFuture<LockHandle> second = b.ask();
        CompletableFuture<LockHandle> third = cluster.node().ask();
        assertThat(cluster.queue()).hasSize(3);
        second.thenAccept(held -> order.add("b"));
        third.thenAccept(held -> order.add("c"));
        assertThat(second).isNotDone();

        first.close();
        assertThat(order).containsExactly("b");
        granted(second).close();
        assertThat(order).containsExactly("b", "c");
        granted(third).close();
        cluster.assertNothingStays();
    }

    @Test
    void requestsOfOneProcessShareAPlaceAndKeepTheirOrder() {
        LockHandle first = a.take();
        List<CompletableFuture<LockHandle>> waiting =
                IntStream.range(0, 5).mapToObj(i -> a.ask()).toList();
        assertThat(cluster.queue()).hasSize(1);
        first.close();
        for (CompletableFuture<LockHandle> next : waiting) {
            assertThat(waiting.stream().filter(CompletableFuture::isDone).toList())
                    .last()
                    .isSameAs(next);
            granted(next).close();
        }
        cluster.assertNothingStays();
    }

    @Test
    void aProcessThatWantsStrictOrderQueuesBehindTheOthersAfterEachHold() {
        LockHandle a1 = a.take();
        CompletableFuture<LockHandle> a2 = a.ask(Node.STRICT);
        CompletableFuture<LockHandle> b1 = b.ask();
        a1.close();
        assertThat(a2).isNotDone();
        granted(b1).close();
        granted(a2).close();
        cluster.assertNothingStays();
    }

    @Test
    void queuingAgainForTheNextLocalRequestIsOneTransaction() {
        LockHandle first = a.take();
        CompletableFuture<LockHandle> second = a.ask(Node.STRICT);
        CompletableFuture<LockHandle> remote = b.ask();
        int before = a.store.txns().size();
        first.close();
        granted(remote).close();
        granted(second);
        List<Txn> sent = a.store.txns().subList(before, a.store.txns().size());
        assertThat(sent).hasSize(1).allMatch(Sent::requeue);
    }

    @Test
    void anUncontendedLockCostsTwoTransactionsAndNoWatch() {
        a.take().close();
        int before = a.store.calls().size();
        a.take().close();
        assertThat(a.store.calls().subList(before, a.store.calls().size())).hasSize(2);
        assertThat(a.store.watches().count()).as("the session's").isEqualTo(1);
    }

    @Test
    void tokensGrowFromHolderToHolder() {
        List<Long> tokens = new ArrayList<>();
        Stream.of(a, b, a, a, b).forEach(node -> {
            LockHandle held = node.take();
            tokens.add(held.fencingToken());
            held.close();
        });
        LockHandle held = a.take();
        tokens.add(held.fencingToken());
        CompletableFuture<LockHandle> local = a.ask();
        CompletableFuture<LockHandle> remote = b.ask();
        held.close();
        tokens.add(granted(local).fencingToken());
        local.join().close();
        tokens.add(granted(remote).fencingToken());
        remote.join().close();
        assertThat(tokens).isSorted().doesNotHaveDuplicates().allMatch(token -> token > 0);
    }

    @Test
    void theTokenIsTheCreateRevisionShiftedBySixteenBits() {
        assertThat(a.take().fencingToken()).isEqualTo(cluster.first().createRevision() << 16);
    }

    @Test
    void anotherTtlWaitsInAPlaceOfItsOwn() {
        LockHandle first = a.take();
        CompletableFuture<LockHandle> longer = a.ask(LockOptions.ofTtl(Duration.ofSeconds(30)));
        first.close();
        assertThat(granted(longer).ttl()).isEqualTo(Duration.ofSeconds(30));
        longer.join().close();
        assertThat(cluster.queue()).isEmpty();
    }

    @Test
    void differentLocksAreIndependent() {
        a.take();
        assertThat(b.locks.tryAcquire(LOCK + "/x", Cluster.TTL)).isPresent();
        assertThat(b.locks.tryAcquire("orders", Cluster.TTL)).isPresent();
    }

    @Test
    void aModuleHasLocksOfItsOwnOnTheSameLease() {
        a.take();
        QueueLocks module = a.locks.ofModule(a.env.ofModule("billing", a.env.log()));
        assertThat(module.tryAcquire(LOCK, Cluster.TTL)).isPresent();
        assertThat(a.store.leases()).hasSize(1);
    }

    @Test
    void aThousandNamesLeaveNothingBehind() {
        List<LockHandle> held = IntStream.range(0, 1_000)
                .mapToObj(i -> a.locks.tryAcquire("n" + i, Cluster.TTL).orElseThrow())
                .toList();
        assertThat(a.locks.queuesInUse()).isEqualTo(1_000);
        cluster.moment();
        assertThat(a.store.watches().count())
                .as("some of the held locks look after their keys, for the others there are audits")
                .isEqualTo(257);
        held.forEach(LockHandle::close);
        cluster.assertNothingStays();
        assertThat(a.store.watches().count()).isZero();
    }

    @Nested
    class ATry {

        @Test
        void takesAFreeLock() {
            assertThat(a.tryOnce()).isPresent();
        }

        @Test
        void writesNothingWhenItIsRefused() {
            a.take();
            b.tryOnce();
            long before = cluster.revision();
            assertThat(b.tryOnce()).isEmpty();
            assertThat(cluster.revision()).isEqualTo(before);
            assertThat(cluster.queue()).hasSize(1);
        }

        @Test
        void isRefusedLocallyWhenTheProcessHoldsTheLockItself() {
            a.take();
            int before = a.store.calls().size();
            assertThat(a.tryOnce()).isEmpty();
            assertThat(a.store.calls()).hasSize(before);
        }

        @Test
        void isRefusedWhileOthersWait() {
            LockHandle held = a.take();
            CompletableFuture<LockHandle> waiting = b.ask();
            held.close();
            assertThat(a.tryOnce()).isEmpty();
            granted(waiting).close();
            assertThat(a.tryOnce()).isPresent();
        }

        @Test
        void succeedsRightAfterCloseInTheSameProcess() {
            for (int round = 0; round < 3; round++) {
                LockHandle held = a.tryOnce().orElseThrow();
                held.close();
            }
            cluster.assertNothingStays();
        }

        @Test
        void withZeroWaitTimeIsTheSame() throws InterruptedException {
            LockOptions once = Node.OPTIONS.toBuilder().waitTime(Duration.ZERO).build();
            a.take();
            long before = cluster.revision();
            assertThat(a.locks.tryAcquire(LOCK, once)).isEmpty();
            assertThat(a.locks.tryAcquireAsync(LOCK, once)).isCompletedWithValueMatching(Optional::isEmpty);
            assertThat(cluster.revision()).isEqualTo(before);
        }
    }
}

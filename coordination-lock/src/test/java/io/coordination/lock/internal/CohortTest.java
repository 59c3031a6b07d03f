package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a lock through the requests of one process, and how long others have to wait for it. */
class CohortTest {

    private static final int DEFAULT_BATCH = 16;

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private List<CompletableFuture<LockHandle>> askOften(int times, LockOptions options) {
        return IntStream.range(0, times).mapToObj(i -> a.ask(options)).toList();
    }

    private static LockOptions batch(int holds) {
        return Node.OPTIONS.toBuilder().localBatch(holds).build();
    }

    /** Lets one holder after the other go, and counts how many of a process's had the lock before somebody else has. */
    private static int holdsBefore(CompletableFuture<LockHandle> other, List<CompletableFuture<LockHandle>> local) {
        int holds = 0;
        while (!other.isDone()) {
            granted(local.get(holds)).close();
            holds++;
        }
        return holds;
    }

    @Test
    void nothingIsSentWhileNobodyElseWaits() {
        List<CompletableFuture<LockHandle>> local = askOften(3 * DEFAULT_BATCH, Node.OPTIONS);
        int before = a.store.txns().size();
        local.forEach(next -> assertThat(granted(next).unlock()).isTrue());
        assertThat(a.store.txns().subList(before, a.store.txns().size()))
                .as("only the last one releases")
                .hasSize(1)
                .allMatch(Sent::release);
    }

    @Test
    void tokensOfOneKeyAreNumbered() {
        List<CompletableFuture<LockHandle>> local = askOften(3, Node.OPTIONS);
        long made = cluster.first().createRevision();
        List<Long> tokens = new ArrayList<>();
        for (CompletableFuture<LockHandle> next : local) {
            tokens.add(granted(next).fencingToken());
            next.join().close();
        }
        assertThat(tokens).containsExactly(made << 16, made << 16 | 1, made << 16 | 2);
    }

    @Test
    void theOldHoldIsOverBeforeTheNextOneHearsOfItsOwn() {
        LockHandle first = a.take();
        List<Boolean> heldWhenNextCame = new ArrayList<>();
        CompletableFuture<LockHandle> second = a.ask();
        second.thenAccept(next -> heldWhenNextCame.add(first.isHeld()));
        first.close();
        assertThat(heldWhenNextCame).containsExactly(false);
        granted(second).close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, DEFAULT_BATCH})
    void whoWaitsElsewhereIsPassedByOneBatch(int holds) {
        List<CompletableFuture<LockHandle>> local = askOften(40, batch(holds));
        CompletableFuture<LockHandle> remote = b.ask();
        assertThat(holdsBefore(remote, local)).isEqualTo(holds);
        granted(remote).close();
        local.stream().skip(holds).forEach(next -> granted(next).close());
    }

    /** The bound that is published: a waiter at local position p needs ceil((p + 1) / B) turns. */
    @Test
    void turnsOfTwoProcessesAlternate() {
        List<String> order = new ArrayList<>();
        List<CompletableFuture<LockHandle>> all = new ArrayList<>();
        LockHandle first = a.take(batch(3));
        for (int i = 0; i < 7; i++) {
            all.add(a.ask(batch(3)));
            all.add(b.ask(batch(3)));
        }
        for (int i = 0; i < all.size(); i++) {
            String node = i % 2 == 0 ? "a" : "b";
            all.get(i).thenAccept(held -> order.add(node));
        }
        first.close();
        for (int ended = 0; ended < all.size(); ended++) {
            all.stream()
                    .filter(CompletableFuture::isDone)
                    .map(CompletableFuture::join)
                    .filter(LockHandle::isHeld)
                    .findAny()
                    .orElseThrow()
                    .close();
        }
        assertThat(String.join("", order)).isEqualTo("aabbbaaabbbaab");
    }

    @Test
    void aTurnEndsWithTheFirstHoldAfterTenMilliseconds() {
        List<CompletableFuture<LockHandle>> local = askOften(4, Node.OPTIONS);
        CompletableFuture<LockHandle> remote = b.ask();
        granted(local.get(0)).close();
        cluster.time.advance(Duration.ofMillis(10));
        assertThat(granted(local.get(1)).isHeld()).as("never cut").isTrue();
        local.get(1).join().close();
        granted(remote).close();
        local.stream().skip(2).forEach(next -> granted(next).close());
    }

    @Test
    void aWaiterThatLeavesEndsTheLimit() {
        List<CompletableFuture<LockHandle>> local = askOften(2 * DEFAULT_BATCH, Node.OPTIONS);
        CompletableFuture<LockHandle> remote = b.ask();
        IntStream.range(0, 10).forEach(i -> granted(local.get(i)).close());
        remote.cancel(false);
        int before = a.store.txns().size();
        local.stream().skip(10).forEach(next -> granted(next).close());
        assertThat(a.store.txns().subList(before, a.store.txns().size())).hasSize(1);
    }

    /** A holder whose watch is cut would otherwise believe for ever that nobody waits. */
    @Test
    void whoCannotBeExcludedCountsAsWaiting() {
        List<CompletableFuture<LockHandle>> local = askOften(2 * DEFAULT_BATCH, Node.OPTIONS);
        a.store.watches().hold();
        CompletableFuture<LockHandle> remote = b.ask();
        FaultRule reads = a.store.onEvery(StoreCall.Range.class).loseRequest();
        cluster.time.advance(Duration.ofSeconds(1));
        assertThat(holdsBefore(remote, local)).isLessThanOrEqualTo(DEFAULT_BATCH);
        reads.end();
        a.store.watches().release();
        granted(remote).close();
        local.stream()
                .filter(next -> !next.isDone() || next.join().isHeld())
                .forEach(next -> granted(next).close());
    }

    @Test
    void aWatchThatSaysNothingIsConfirmedByAReadWithinASecond() {
        List<CompletableFuture<LockHandle>> local = askOften(4 * DEFAULT_BATCH, Node.OPTIONS);
        a.store.watches().hold();
        CompletableFuture<LockHandle> remote = b.ask();
        IntStream.range(0, 20).forEach(i -> granted(local.get(i)).close());
        assertThat(remote).as("nobody knows yet").isNotDone();
        cluster.time.advance(Duration.ofSeconds(1));
        List<CompletableFuture<LockHandle>> rest = local.subList(20, local.size());
        assertThat(holdsBefore(remote, rest)).isLessThanOrEqualTo(DEFAULT_BATCH);
        granted(remote).close();
        a.store.watches().release();
        rest.stream()
                .filter(next -> !next.isDone() || next.join().isHeld())
                .forEach(next -> granted(next).close());
    }

    @Test
    void afterSixteenBitsOfHoldsTheProcessQueuesAgain() {
        LockHandle held = a.take();
        long made = cluster.first().createRevision();
        for (int hold = 1; hold < 65_536; hold++) {
            CompletableFuture<LockHandle> next = a.ask();
            held.close();
            held = next.join();
        }
        assertThat(held.fencingToken()).isEqualTo(made << 16 | 65_535);
        CompletableFuture<LockHandle> next = a.ask();
        int before = a.store.txns().size();
        held.close();
        assertThat(a.store.txns().subList(before, a.store.txns().size()))
                .hasSize(1)
                .allMatch(Sent::requeue);
        assertThat(granted(next).fencingToken())
                .isEqualTo(cluster.first().createRevision() << 16)
                .isGreaterThan(held.fencingToken());
        next.join().close();
    }

    /** What was begun under the token of a hold may take effect late: the next hold needs a key that tells it apart. */
    @Test
    void aHoldThatMayNotBeHandedOverQueuesAgain() {
        Hold held = (Hold) a.take();
        CompletableFuture<LockHandle> next = a.ask();
        held.giveUp(LockLostReason.WATCHDOG, Optional.empty());
        assertThat(granted(next).fencingToken() >> 16).isGreaterThan(held.fencingToken() >> 16);
        next.join().close();
    }

    @Test
    void aHandOverWaitsForTheLeaseToHaveSomeLifeLeft() {
        LockHandle held = a.take();
        CompletableFuture<LockHandle> next = a.ask();
        FaultRule renewals = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
        cluster.time.advance(held.remaining().minusMillis(500));
        assertThat(held.unlock()).as("the place stays here").isTrue();
        assertThat(next).isNotDone();
        renewals.end();
        cluster.time.advance(Duration.ofMillis(400));
        assertThat(granted(next).remaining()).isGreaterThan(Duration.ofSeconds(2));
        next.join().close();
    }
}
